package rawjson

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Paths may compile to fewStates, and to statesPerNode for each step that is
// not shared by paths. Without wildcards there are at most two per step; only
// many wildcards that overlap come near the limit.
const (
	fewStates     = 1 << 13
	statesPerNode = 8
)

// defaultMaxLeaves is enough for 16 MiB of Leaf.
const defaultMaxLeaves = 1 << 18

// Options of Compile. The zero value is ready for use.
type Options struct {
	// MaxDepth is how deeply values may nest in a document: DefaultMaxDepth
	// where it is 0, at most HighestMaxDepth.
	MaxDepth int
	// MaxLeaves bounds the leaves kept of one document; those that follow are
	// counted in Values.Dropped. 0 stands for 262,144, which is some 16 MiB.
	MaxLeaves int
	// PatchRoots are the paths at which an array is a JSON Patch (RFC 6902).
	// The values of its operations are wanted where their pointers lead, as
	// if the patch were the patched document, beside what paths find in the
	// operations themselves.
	PatchRoots []Path
}

// An Extractor finds the values at a set of paths. It never changes and may be
// used by any number of goroutines.
type Extractor struct {
	root      *state
	slots     int
	maxDepth  int
	maxLeaves int
}

// Compile makes an Extractor. The number of a path in paths is its slot.
func Compile(paths []Path, opts Options) (*Extractor, error) {
	t := newTrie()
	for slot, p := range paths {
		n := t.insert(p)
		n.slots = append(n.slots, slot)
	}
	for _, p := range opts.PatchRoots {
		t.insert(p).patch = true
	}
	c := compiler{
		states:  map[string]*state{},
		limit:   fewStates + statesPerNode*len(t.nodes),
		patches: len(opts.PatchRoots) > 0,
	}
	x := &Extractor{
		root:      c.state(items{{node: t.root()}}),
		slots:     len(paths),
		maxDepth:  depthLimit(opts.MaxDepth),
		maxLeaves: opts.MaxLeaves,
	}
	if x.maxLeaves <= 0 {
		x.maxLeaves = defaultMaxLeaves
	}
	if c.full {
		return nil, fmt.Errorf("%d paths with wildcards overlap in more than %d ways", len(paths), c.limit)
	}
	return x, nil
}

// Slots is how many paths x looks for.
func (x *Extractor) Slots() int { return x.slots }

// compiler turns sets of items into states, each set once.
type compiler struct {
	states  map[string]*state
	limit   int
	patches bool // whether numbers are needed
	full    bool // whether limit has been reached
}

// state returns the state for a set, nil for one that wants nothing.
func (c *compiler) state(set items) *state {
	set = set.normal()
	if len(set) == 0 || c.full {
		return nil
	}
	id := identity(set)
	if s := c.states[id]; s != nil {
		return s
	}
	if len(c.states) == c.limit {
		c.full = true
		return nil
	}
	s := &state{}
	c.states[id] = s
	for _, it := range set {
		for _, slot := range it.node.slots {
			s.slots = append(s.slots, int32(slot))
		}
	}
	slices.Sort(s.slots)
	named := set.members()
	c.members(s, set, named)
	c.elements(s, set)
	s.patch = c.state(set.patches())
	if c.patches {
		c.numbers(s, set, named)
	}
	return s
}

func identity(set items) string {
	var id []byte
	for _, it := range set {
		n := uint64(it.node.id) << 1
		if it.indexed {
			n |= 1
		}
		id = binary.AppendUvarint(id, n)
	}
	return string(id)
}

func (c *compiler) members(s *state, set items, named map[string]items) {
	s.rest = c.state(set.anyMember())
	to := make(map[string]*state, len(named))
	names := slices.Sorted(maps.Keys(named))
	names = slices.DeleteFunc(names, func(name string) bool {
		to[name] = c.state(named[name])
		return to[name] == nil
	})
	s.setMembers(to, names)
}

// elements compiles what applies to the elements of an array. Entries that
// fit more exactly come later.
func (c *compiler) elements(s *state, set items) {
	each := set.element()
	s.element = c.state(each)
	indexes := set.indexes()
	for _, back := range indexes {
		if back < 0 {
			s.index = append(s.index, indexState{-1, back, c.state(slices.Concat(each, set.at(back)))})
		}
	}
	for _, from := range indexes {
		if from >= 0 {
			s.index = append(s.index, indexState{from, 0, c.state(slices.Concat(each, set.at(from)))})
		}
	}
	for _, from := range indexes {
		for _, back := range indexes {
			if from >= 0 && back < 0 {
				both := slices.Concat(each, set.at(from), set.at(back))
				s.index = append(s.index, indexState{from, back, c.state(both)})
			}
		}
	}
}

// numbers compiles what applies where a pointer has a numeric step.
func (c *compiler) numbers(s *state, set items, named map[string]items) {
	each := set.element()
	n := &numberState{
		listed: map[string]*state{},
		other:  c.state(slices.Concat(each, set.anyMember())),
	}
	s.numbers = n
	list := func(step string, index int) {
		member, ok := named[step]
		if !ok {
			member = set.anyMember()
		}
		n.listed[step] = c.state(slices.Concat(each, set.at(index), member))
	}
	for name := range named {
		if i, err := strconv.Atoi(name); err == nil && isPointerIndex([]byte(name)) {
			list(name, i)
		}
	}
	for _, i := range set.indexes() {
		if i >= 0 {
			list(strconv.Itoa(i), i)
		}
	}
	list("-", -1) // appends: the last element then
}
