package rawjson

import "slices"

// A node is a place in the tree of all paths. Several nodes can apply to one
// value, so walks use states, which stand for sets of nodes.
type node struct {
	id    int
	bare  map[string]*node // by names that may be part of a member name
	exact map[string]*node
	any   *node
	index map[int]*node
	slots []int // of the paths that end here
	patch bool  // an array here is also read as a JSON Patch
}

// trie collects paths.
type trie struct{ nodes []*node }

func newTrie() *trie {
	t := &trie{}
	t.add()
	return t
}

func (t *trie) root() *node { return t.nodes[0] }

func (t *trie) add() *node {
	n := &node{id: len(t.nodes), bare: map[string]*node{}, exact: map[string]*node{}, index: map[int]*node{}}
	t.nodes = append(t.nodes, n)
	return n
}

// insert returns the node at the end of a path, made where it is missing.
func (t *trie) insert(p Path) *node {
	n := t.root()
	for _, s := range p {
		switch {
		case s.Kind == StepAnyKey:
			if n.any == nil {
				n.any = t.add()
			}
			n = n.any
		case s.Kind == StepIndex:
			n = child(t, n.index, s.Index)
		case s.Exact:
			n = child(t, n.exact, s.Name)
		default:
			n = child(t, n.bare, s.Name)
		}
	}
	return n
}

func child[K comparable](t *trie, m map[K]*node, key K) *node {
	if m[key] == nil {
		m[key] = t.add()
	}
	return m[key]
}

// An item is a node that applies to a value. indexed says that the value is
// an element of the array the node's index steps were for.
type item struct {
	node    *node
	indexed bool
}

// items is a set, sorted by node id once it is normal.
type items []item

// normal sorts a set and removes what is in it twice or leads nowhere.
func (s items) normal() items {
	out := make(items, 0, len(s))
	for _, it := range s {
		if len(it.node.index) == 0 {
			it.indexed = false
		}
		if it.wants() {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b item) int {
		if a.node != b.node {
			return a.node.id - b.node.id
		}
		if a.indexed == b.indexed {
			return 0
		}
		if b.indexed {
			return -1
		}
		return 1
	})
	return slices.Compact(out)
}

func (it item) wants() bool {
	n := it.node
	return len(n.slots) > 0 || len(n.bare) > 0 || len(n.exact) > 0 || n.any != nil || n.patch ||
		len(n.index) > 0 && !it.indexed
}

// members gives the items that apply to each member named by a path, members
// of any other name left out.
func (s items) members() map[string]items {
	to := map[string]items{}
	for _, it := range s {
		for name, next := range it.node.exact {
			to[name] = append(to[name], item{node: next})
		}
		bareMembers(it.node, "", to)
	}
	rest := s.anyMember()
	for name := range to {
		to[name] = append(to[name], rest...)
	}
	return to
}

// bareMembers adds the names that one or more bare steps from n make.
func bareMembers(n *node, prefix string, to map[string]items) {
	for name, next := range n.bare {
		to[prefix+name] = append(to[prefix+name], item{node: next})
		bareMembers(next, prefix+name+".", to)
	}
}

// anyMember gives the items that apply to every member.
func (s items) anyMember() items {
	var to items
	for _, it := range s {
		if it.node.any != nil {
			to = append(to, item{node: it.node.any})
		}
	}
	return to
}

// element gives the items that apply to every element of an array.
func (s items) element() items {
	to := make(items, len(s))
	for i, it := range s {
		to[i] = item{it.node, true}
	}
	return to
}

// at gives the items that index steps lead to.
func (s items) at(index int) items {
	var to items
	for _, it := range s {
		if next := it.node.index[index]; next != nil && !it.indexed {
			to = append(to, item{node: next})
		}
	}
	return to
}

// indexes gives the indexes that steps from s use, sorted.
func (s items) indexes() []int {
	var all []int
	for _, it := range s {
		if it.indexed {
			continue
		}
		for i := range it.node.index {
			all = append(all, i)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// patches gives the items at which a JSON Patch may stand.
func (s items) patches() items {
	var to items
	for _, it := range s {
		if it.node.patch {
			to = append(to, it)
		}
	}
	return to
}
