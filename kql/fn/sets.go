package fn

import "github.com/lynceus-io/lynceus/kql/value"

func sets() []*Func {
	return []*Func{
		setFunc("set_union", func(first *nodeSet, more []*nodeSet) []*value.Node {
			for _, s := range more {
				for _, item := range s.items {
					first.add(item)
				}
			}
			return first.items
		}),
		setFunc("set_intersect", func(first *nodeSet, more []*nodeSet) []*value.Node {
			return first.filter(func(key string) bool {
				for _, s := range more {
					if !s.keys[key] {
						return false
					}
				}
				return true
			})
		}),
		setFunc("set_difference", func(first *nodeSet, more []*nodeSet) []*value.Node {
			return first.filter(func(key string) bool {
				for _, s := range more {
					if s.keys[key] {
						return false
					}
				}
				return true
			})
		}),
		lax("set_equals", 2, 2, value.TypeBool, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
			a, b := newNodeSet(args[0]), newNodeSet(args[1])
			return value.Bool(len(a.items) == len(b.items) && len(a.common(b)) == len(a.items))
		}),
		lax("set_has_element", 2, 2, value.TypeBool, []param{dyn, anyArg}, func(_ *Context, args []value.Value) value.Value {
			if !args[0].Node.IsArray() {
				return value.Null(value.TypeBool)
			}
			return value.Bool(newNodeSet(args[0]).keys[nodeKey(value.FromValue(args[1]))])
		}),
		lax("jaccard_index", 2, 2, value.TypeReal, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
			a, b := newNodeSet(args[0]), newNodeSet(args[1])
			both := len(a.common(b))
			return value.Real(float64(both) / float64(len(a.items)+len(b.items)-both))
		}),
	}
}

// nodeSet is a set of dynamics in order of first appearance.
type nodeSet struct {
	items []*value.Node
	keys  map[string]bool
}

func nodeKey(n *value.Node) string { return string(n.Value().AppendKey(nil)) }

// newNodeSet gathers the elements of an array; anything else is empty.
func newNodeSet(v value.Value) *nodeSet {
	s := &nodeSet{keys: map[string]bool{}, items: []*value.Node{}}
	if v.Node.IsArray() {
		for _, item := range v.Node.Items {
			s.add(item)
		}
	}
	return s
}

func (s *nodeSet) add(n *value.Node) {
	if key := nodeKey(n); !s.keys[key] {
		s.keys[key] = true
		s.items = append(s.items, n)
	}
}

func (s *nodeSet) filter(keep func(key string) bool) []*value.Node {
	out := []*value.Node{}
	for _, item := range s.items {
		if keep(nodeKey(item)) {
			out = append(out, item)
		}
	}
	return out
}

func (s *nodeSet) common(t *nodeSet) []*value.Node {
	return s.filter(func(key string) bool { return t.keys[key] })
}

// setFunc makes a function of two or more arrays.
func setFunc(name string, f func(first *nodeSet, more []*nodeSet) []*value.Node) *Func {
	return lax(name, 2, -1, value.TypeDynamic, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
		var all []*nodeSet
		for _, v := range args {
			if !v.Node.IsArray() {
				return value.Null(value.TypeDynamic)
			}
			all = append(all, newNodeSet(v))
		}
		return value.Dynamic(value.Array(f(all[0], all[1:])))
	})
}
