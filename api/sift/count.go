package sift

import (
	"cmp"
	"slices"
)

// Value is a value of a column, and what has it.
type Value struct {
	Value string `json:"value"`
	// Title is what people call it, where that is something else: a rule.
	Title string `json:"title,omitempty"`
	Count int    `json:"count"`
}

// Facet is the values of a column. The choice that a filter makes in the
// column itself does not count: the others are what one could choose as well.
type Facet struct {
	Name   string  `json:"name"`
	Values []Value `json:"values"`
	// Others is how many values more there are.
	Others int `json:"others"`
}

// Group is the findings that have a value in common.
type Group struct {
	Value
	// Open is how many of them nobody has closed.
	Open     int    `json:"open"`
	Severity string `json:"severity"` // the highest
	// First and Last are when they were seen, in nanoseconds since 1970.
	First int64 `json:"-"`
	Last  int64 `json:"-"`
	worst uint8
}

// Summary is what findings that a filter wants have in common.
type Summary struct {
	Total  int
	Open   int
	Facets []Facet
	Groups []Group
	// Others is how many groups more there are.
	Others int
}

// Bounds of a summary.
const (
	maxValues = 60
	maxGroups = 2000
)

// facets are the columns that are counted, in order.
var facets = []Column{Level, Status, Assignee, Tactic, Rule, User, Cluster, Namespace, Workload, Node, Joined, Excluded}

// Facets returns the columns that findings are counted by.
func Facets() []Column { return slices.Clone(facets) }

// Summarize counts what a filter wants, and groups it by one of Facets;
// anything else groups by nothing.
func (t *Table) Summarize(f *Filter, by Column) Summary {
	t.mu.RLock()
	defer t.mu.RUnlock()
	s := t.sieve(f)
	counts := map[Column][]int{}
	for _, c := range facets {
		counts[c] = make([]int, t.size(c))
	}
	closed := t.dicts[Status].ids["closed"]
	var out Summary
	var groups []Group
	if slices.Contains(facets, by) {
		groups = make([]Group, t.size(by))
	}
	worst := make([]uint8, len(groups))
	for i := range t.rows {
		p := &t.rows[i]
		ok, but := s.keeps(p)
		if !ok && but == all {
			continue
		}
		if !ok {
			if n := counts[but]; n != nil {
				n[t.number(but, p)]++
			}
			continue
		}
		out.Total++
		open := closed == 0 || p.text[Status] != closed
		out.Open += yes(open)
		for _, c := range facets {
			counts[c][t.number(c, p)]++
		}
		if groups == nil {
			continue
		}
		n := t.number(by, p)
		g := &groups[n]
		if g.Count == 0 || p.first < g.First {
			g.First = p.first
		}
		g.Count, g.Open, g.Last = g.Count+1, g.Open+yes(open), max(g.Last, p.last)
		worst[n] = max(worst[n], p.severity)
		if g.Title == "" && by == Rule {
			g.Title = t.dicts[Title].texts[p.text[Title]]
		}
	}
	titles := t.titles()
	for _, c := range facets {
		out.Facets = append(out.Facets, t.facet(c, counts[c], f.Of[c], titles))
	}
	for n := range groups {
		groups[n].worst, groups[n].Value.Value = worst[n], t.named(by, n)
	}
	if by == Tactic {
		groups = t.byTactic(groups)
	}
	for n := range groups {
		groups[n].Severity = severities[groups[n].worst]
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(int(b.worst)-int(a.worst), b.Count-a.Count, cmp.Compare(a.Value.Value, b.Value.Value))
	})
	groups = slices.DeleteFunc(groups, func(g Group) bool { return g.Count == 0 })
	out.Groups = groups[:min(len(groups), maxGroups)]
	out.Others = len(groups) - len(out.Groups)
	return out
}

// titles are those of rules, by the number of the rule.
func (t *Table) titles() []uint32 {
	out := make([]uint32, len(t.dicts[Rule].texts))
	for i := range t.rows {
		out[t.rows[i].text[Rule]] = t.rows[i].text[Title]
	}
	return out
}

// facet makes the facet of counts. What is chosen stands in it whatever its
// count is.
func (t *Table) facet(c Column, counts []int, chosen []string, titles []uint32) Facet {
	f := Facet{Name: c.String(), Values: []Value{}}
	if c == Tactic {
		f.Values = t.tacticValues(counts, chosen)
		counts = nil
	}
	for n, count := range counts {
		v := Value{Value: t.named(c, n), Count: count}
		if c == Rule && n > 0 {
			v.Title = t.dicts[Title].texts[titles[n]]
		}
		if count > 0 || slices.Contains(chosen, v.Value) {
			f.Values = append(f.Values, v)
		}
	}
	slices.SortFunc(f.Values, func(a, b Value) int {
		if c == Level {
			return slices.Index(severities[:], b.Value) - slices.Index(severities[:], a.Value)
		}
		return cmp.Or(yes(slices.Contains(chosen, b.Value))-yes(slices.Contains(chosen, a.Value)), b.Count-a.Count, cmp.Compare(a.Value, b.Value))
	})
	if len(f.Values) > maxValues {
		f.Others = len(f.Values) - maxValues
		f.Values = f.Values[:maxValues]
	}
	return f
}
