package value

// FromValue returns v as a dynamic; nil for null.
func FromValue(v Value) *Node {
	if v.Type == TypeDynamic {
		return v.Node
	}
	if v.Null {
		return nil
	}
	return &Node{Scalar: v}
}

// Array returns a dynamic array. It takes over items; an array of none is not
// null.
func Array(items []*Node) *Node {
	if items == nil {
		items = []*Node{}
	}
	return &Node{Kind: NodeArray, Items: items}
}

// Strings returns a dynamic array of strings.
func Strings(list []string) *Node {
	nodes := make([]Node, len(list))
	items := make([]*Node, len(list))
	for i, s := range list {
		nodes[i].Scalar = String(s)
		items[i] = &nodes[i]
	}
	return Array(items)
}

// Bag is a property bag under construction. The zero value is empty.
type Bag struct {
	node  Node
	index map[string]int // once there are many keys
}

// manyKeys is the number of keys from which a map finds them faster than a
// comparison of each.
const manyKeys = 12

// find returns where key is, or -1.
func (b *Bag) find(key string) int {
	if b.index != nil {
		if i, ok := b.index[key]; ok {
			return i
		}
		return -1
	}
	for i, k := range b.node.Keys {
		if k == key {
			return i
		}
	}
	return -1
}

// Has reports whether the key was set.
func (b *Bag) Has(key string) bool { return b.find(key) >= 0 }

// Len returns the number of keys.
func (b *Bag) Len() int { return len(b.node.Keys) }

// Set gives key a value. A key that is there keeps its place.
func (b *Bag) Set(key string, n *Node) {
	if i := b.find(key); i >= 0 {
		b.node.Items[i] = n
		return
	}
	b.node.Keys = append(b.node.Keys, key)
	b.node.Items = append(b.node.Items, n)
	switch {
	case b.index != nil:
		b.index[key] = len(b.node.Keys) - 1
	case len(b.node.Keys) >= manyKeys:
		b.index = make(map[string]int, 2*manyKeys)
		for i, k := range b.node.Keys {
			b.index[k] = i
		}
	}
}

// Node returns the bag. Nothing may be set afterwards.
func (b *Bag) Node() *Node {
	n := b.node
	n.Kind = NodeBag
	return &n
}

// Value returns the node as a dynamic.
func (n *Node) Value() Value { return Dynamic(n) }

// IsArray reports whether n is an array.
func (n *Node) IsArray() bool { return n != nil && n.Kind == NodeArray }

// IsBag reports whether n is a property bag.
func (n *Node) IsBag() bool { return n != nil && n.Kind == NodeBag }

// Member returns the property of that name, nil where n is no bag or has none.
func (n *Node) Member(name string) *Node {
	if n == nil || n.Kind != NodeBag {
		return nil
	}
	for i, k := range n.Keys {
		if k == name {
			return n.Items[i]
		}
	}
	return nil
}

// Index returns element i of an array, counted from the end where i is
// negative; nil where there is none.
func (n *Node) Index(i int64) *Node {
	if n == nil || n.Kind != NodeArray {
		return nil
	}
	if i < 0 {
		i += int64(len(n.Items))
	}
	if i < 0 || i >= int64(len(n.Items)) {
		return nil
	}
	return n.Items[i]
}

// Unwrap returns the scalar in a dynamic, or v itself where it holds none.
// The dynamic null stays a dynamic null.
func (v Value) Unwrap() Value {
	if v.Type == TypeDynamic && v.Node != nil && v.Node.Kind == NodeScalar {
		return v.Node.Scalar
	}
	return v
}

// Size is roughly how many bytes n takes in memory.
func (n *Node) Size() int {
	if n == nil {
		return 0
	}
	const node, pointer, header = 104, 8, 16
	size := node + len(n.Scalar.Text)
	for _, k := range n.Keys {
		size += header + len(k)
	}
	for _, item := range n.Items {
		size += pointer + item.Size()
	}
	return size
}

// Size is roughly how many bytes v takes in memory.
func (v Value) Size() int {
	const header = 48
	return header + len(v.Text) + v.Node.Size()
}
