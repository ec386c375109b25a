package candidates

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
)

// Limits bound the memory of a Finder. The zero value stands for defaults.
type Limits struct {
	// MemoBytes is for remembering values and combinations of them.
	MemoBytes int
	// ClassBytes is for the sets of predicates that values satisfy.
	ClassBytes int
}

// The defaults leave room for some 30,000 values, 10,000 combinations and
// 10,000 sets of an ordinary rule set, and fit a second-level cache together
// with the part of them that is in use.
const (
	defaultMemoBytes  = 4 << 20
	defaultClassBytes = 8 << 20
)

// Finder finds trees of an Index. It is for one goroutine at a time.
type Finder struct {
	x        *Index
	plan     *plan
	sorters  []*sorter
	salts    []uint64 // of columns, to tell (1, 2) from (2, 1)
	ids      []classID
	classes  []*class
	tuples   *tuples
	trees    []int32
	events   uint
	observed observed
	next     int // observed events at which to plan anew
	wait     int // of them between the last plan and the next
	patience int // values without room for their class before all are forgotten
}

// The sample, and how many events of it the first new plan is made from.
const (
	sampleEvery = 64
	firstPlan   = 64
)

// NewFinder returns a Finder that has seen nothing.
func (x *Index) NewFinder(l Limits) *Finder {
	if l.MemoBytes <= 0 {
		l.MemoBytes = defaultMemoBytes
	}
	if l.ClassBytes <= 0 {
		l.ClassBytes = defaultClassBytes
	}
	n := len(x.columns)
	f := &Finder{
		x: x, plan: x.plan, ids: make([]classID, n), classes: make([]*class, n),
		tuples: newTuples(n, l.MemoBytes/2), next: firstPlan, wait: firstPlan, patience: manyPassed,
	}
	for i, c := range x.columns {
		s := newSorter(c, l.MemoBytes/2/n, l.ClassBytes/n)
		s.reset(f.plan.anchors[i])
		f.sorters = append(f.sorters, s)
		f.salts = append(f.salts, scramble(uint64(i)+1)|1)
		f.observed.held = append(f.observed.held, make([]int32, len(c.atoms)))
	}
	return f
}

// Find returns the trees that hold on e, and of those that are not exact some
// more, in increasing order. They are valid until the next call. It does not
// allocate once the sets of predicates that occur have been seen.
func (f *Finder) Find(e *event.Event) []int32 {
	h, passing := uint64(0), false
	for i, s := range f.sorters {
		id := s.sort(e)
		f.ids[i] = id
		h += uint64(id) * f.salts[i]
		passing = passing || id == passingClass
	}
	if f.events++; f.events%sampleEvery == 0 {
		f.sample()
	}
	if passing || !f.tuples.gate.open() {
		return f.evaluate()
	}
	h = scramble(h)
	if trees, ok := f.tuples.find(h, f.ids); ok {
		f.tuples.gate.hit()
		return trees
	}
	f.tuples.gate.miss()
	trees := f.evaluate()
	f.tuples.put(h, f.ids, trees)
	return trees
}

// evaluate asks each tree that is anchored in the classes of the event.
func (f *Finder) evaluate() []int32 {
	f.load()
	f.trees = f.trees[:0]
	for _, c := range f.classes {
		f.evaluateAll(c.trees)
	}
	f.evaluateAll(f.plan.free)
	slices.Sort(f.trees)
	f.trees = slices.Compact(f.trees)
	return f.trees
}

// load looks up the classes of the event.
func (f *Finder) load() {
	for i, id := range f.ids {
		f.classes[i] = f.sorters[i].classes.get(id)
	}
}

func (f *Finder) evaluateAll(trees []int32) {
	for _, t := range trees {
		at := f.plan.entry[t]
		for at >= 0 {
			s := &f.plan.code[at]
			if f.classes[s.col].atoms[s.atom>>6]>>(s.atom&63)&1 != 0 {
				at = s.yes
			} else {
				at = s.no
			}
		}
		if at == endTrue {
			f.trees = append(f.trees, t)
		}
	}
}

func (f *Finder) sample() {
	f.load()
	f.observed.see(f.classes)
}
