package fn

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

func bags() []*Func {
	return []*Func{
		{Name: "bag_pack", Min: 0, Max: -1, Result: bagPackType, Eval: bagPack},
		lax("bag_keys", 1, 1, value.TypeDynamic, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
			if !args[0].Node.IsBag() {
				return value.Null(value.TypeDynamic)
			}
			return value.Dynamic(value.Strings(args[0].Node.Keys))
		}),
		lax("bag_has_key", 2, 2, value.TypeBool, []param{dyn, text}, func(_ *Context, args []value.Value) value.Value {
			if !args[0].Node.IsBag() {
				return value.Null(value.TypeBool)
			}
			return value.Bool(hasPath(args[0].Node, keyPath(str(args[1]))))
		}),
		lax("bag_merge", 1, 64, value.TypeDynamic, []param{dyn}, bagMerge),
		lax("bag_remove_keys", 2, 2, value.TypeDynamic, []param{dyn, dyn}, bagRemoveKeys),
		lax("bag_set_key", 3, 3, value.TypeDynamic, []param{dyn, text, anyArg}, func(_ *Context, args []value.Value) value.Value {
			if args[0].Node != nil && !args[0].Node.IsBag() {
				return value.Null(value.TypeDynamic)
			}
			return value.Dynamic(setPath(args[0].Node, keyPath(str(args[1])), value.FromValue(args[2])))
		}),
		lax("bag_zip", 2, 2, value.TypeDynamic, []param{dyn}, bagZip),
	}
}

// bagPackType takes names and values in turn.
func bagPackType(args []Arg) (value.Type, error) {
	if len(args)%2 != 0 {
		return value.TypeDynamic, &ArgError{Index: -1, Reason: "needs pairs of a name and a value"}
	}
	return value.TypeDynamic, nil
}

func bagPack(_ *Context, args []value.Value) value.Value {
	var bag value.Bag
	for i := 0; i+1 < len(args); i += 2 {
		if key := str(args[i]); !bag.Has(key) {
			bag.Set(key, value.FromValue(args[i+1]))
		}
	}
	return value.Dynamic(bag.Node())
}

// bagMerge keeps the value of the first bag that has a property.
func bagMerge(_ *Context, args []value.Value) value.Value {
	var bag value.Bag
	found := false
	for _, v := range args {
		if !v.Node.IsBag() {
			continue
		}
		found = true
		for i, k := range v.Node.Keys {
			if !bag.Has(k) {
				bag.Set(k, v.Node.Items[i])
			}
		}
	}
	if !found {
		return value.Null(value.TypeDynamic)
	}
	return value.Dynamic(bag.Node())
}

// keyPath reads a key, or the steps of a path that starts with $.
func keyPath(key string) []value.Value {
	if strings.HasPrefix(key, "$.") || strings.HasPrefix(key, "$[") {
		if steps, ok := jsonPath(key); ok {
			return steps
		}
	}
	return []value.Value{value.String(key)}
}

func hasPath(n *value.Node, steps []value.Value) bool {
	for i, step := range steps {
		if i == len(steps)-1 && step.Type == value.TypeString {
			return n.IsBag() && slices.Contains(n.Keys, step.Text)
		}
		if n = element(n, step); n == nil {
			return false
		}
	}
	return true
}

func bagRemoveKeys(_ *Context, args []value.Value) value.Value {
	n := args[0].Node
	if !n.IsBag() || !args[1].Node.IsArray() {
		return value.Null(value.TypeDynamic)
	}
	for _, key := range args[1].Node.Items {
		n = removePath(n, keyPath(key.Value().String()))
	}
	return value.Dynamic(n)
}

// removePath returns n without the property at the end of the path.
func removePath(n *value.Node, steps []value.Value) *value.Node {
	if !n.IsBag() || len(steps) == 0 || steps[0].Type != value.TypeString {
		return n
	}
	var bag value.Bag
	for i, k := range n.Keys {
		switch {
		case k != steps[0].Text:
			bag.Set(k, n.Items[i])
		case len(steps) > 1:
			bag.Set(k, removePath(n.Items[i], steps[1:]))
		}
	}
	return bag.Node()
}

// setPath returns n with the property at the end of the path set.
func setPath(n *value.Node, steps []value.Value, item *value.Node) *value.Node {
	if len(steps) == 0 {
		return item
	}
	if steps[0].Type != value.TypeString {
		if !n.IsArray() {
			return n
		}
		i := bound(steps[0], int64(len(n.Items)), 0)
		if i < 0 || i >= int64(len(n.Items)) {
			return n
		}
		items := slices.Clone(n.Items)
		items[i] = setPath(items[i], steps[1:], item)
		return value.Array(items)
	}
	var bag value.Bag
	if n.IsBag() {
		for i, k := range n.Keys {
			bag.Set(k, n.Items[i])
		}
	}
	bag.Set(steps[0].Text, setPath(n.Member(steps[0].Text), steps[1:], item))
	return bag.Node()
}

// bagZip makes a bag of an array of names and one of values, null where that
// has none.
func bagZip(_ *Context, args []value.Value) value.Value {
	if !args[0].Node.IsArray() {
		return value.Null(value.TypeDynamic)
	}
	var bag value.Bag
	for i, k := range args[0].Node.Items {
		if v := k.Value().Unwrap(); v.Type == value.TypeString {
			bag.Set(v.Text, args[1].Node.Index(int64(i)))
		}
	}
	return value.Dynamic(bag.Node())
}
