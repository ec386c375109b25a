package sift

import (
	"cmp"
	"slices"
)

// Rules have sets of tactics, and a finding counts for each of its own.

// tacticValues counts tactics, of counts of sets.
func (t *Table) tacticValues(counts []int, chosen []string) []Value {
	by := map[string]int{}
	for _, c := range chosen {
		by[c] = 0
	}
	for set, n := range counts {
		for _, name := range t.each(set) {
			by[name] += n
		}
	}
	out := []Value{}
	for name, n := range by {
		if n > 0 || slices.Contains(chosen, name) {
			out = append(out, Value{Value: name, Count: n})
		}
	}
	return out
}

// byTactic makes the groups of sets those of tactics.
func (t *Table) byTactic(sets []Group) []Group {
	at := map[string]int{}
	var out []Group
	for set, g := range sets {
		if g.Count == 0 {
			continue
		}
		for _, name := range t.each(set) {
			i, ok := at[name]
			if !ok {
				at[name] = len(out)
				g.Value.Value = name
				out = append(out, g)
				continue
			}
			o := &out[i]
			o.Count, o.Open, o.First, o.Last, o.worst = o.Count+g.Count, o.Open+g.Open, min(o.First, g.First), max(o.Last, g.Last), max(o.worst, g.worst)
		}
	}
	slices.SortFunc(out, func(a, b Group) int { return cmp.Compare(a.Value.Value, b.Value.Value) })
	return out
}

// each are the tactics of a set, None for the empty one.
func (t *Table) each(set int) []string {
	if set == 0 {
		return []string{None}
	}
	return t.tacticsOf(uint32(set))
}
