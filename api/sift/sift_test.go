package sift

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// sample makes findings; some share every text.
func sample(n int) []Row {
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([]Row, n)
	for i := range out {
		r := Row{
			ID: fmt.Sprintf("%032x", i), First: int64(i), Last: int64(i + rnd.IntN(50)), Received: int64(i + 60), Severity: 1 + rnd.IntN(5),
			Count: int64(rnd.IntN(9)), Excluded: rnd.IntN(7) == 0,
		}
		r.Text[Rule] = fmt.Sprintf("rule-%d", rnd.IntN(5))
		r.Text[Title] = "Title of " + r.Text[Rule]
		r.Text[Namespace] = []string{"", "web", "Pay", "shop"}[rnd.IntN(4)]
		r.Text[User] = fmt.Sprintf("user-%d", rnd.IntN(9))
		r.Text[Incident] = []string{"", "i1"}[rnd.IntN(2)]
		r.Text[Status] = "open"
		r.Tactics = [][]string{nil, {"Execution"}, {"Execution", "Impact"}}[rnd.IntN(3)]
		out[i] = r
	}
	return out
}

func filled(rows []Row) *Table {
	t := New(1 << 30)
	t.Put(rows)
	return t
}

// wants says plainly what a filter means.
func wants(f *Filter, r *Row) bool {
	for c, values := range f.Of {
		if len(values) == 0 {
			continue
		}
		var have []string
		switch c {
		case Level:
			have = []string{severities[r.Severity]}
		case Tactic:
			have = r.Tactics
		case Joined:
			have = []string{[]string{"no", "yes"}[yes(r.Text[Incident] != "")]}
		case Excluded:
			have = []string{[]string{"no", "yes"}[yes(r.Excluded)]}
		default:
			if text := r.Text[c]; text != "" {
				have = []string{text}
			}
		}
		if len(have) == 0 {
			have = []string{None}
		}
		if !slices.ContainsFunc(values, func(v string) bool { return slices.Contains(have, v) }) {
			return false
		}
	}
	for _, w := range strings.Fields(strings.ToLower(f.Text)) {
		if !slices.ContainsFunc(r.Text[:], func(text string) bool { return strings.Contains(strings.ToLower(text), w) }) {
			return false
		}
	}
	return r.Severity >= f.AtLeast && (f.Since == 0 || r.Last >= f.Since) && (f.Until == 0 || r.Last <= f.Until) &&
		(f.Received == 0 || r.Received <= f.Received) && (len(f.IDs) == 0 || slices.Contains(f.IDs, r.ID))
}

var filters = map[string]Filter{
	"all":         {},
	"one value":   {Of: map[Column][]string{Namespace: {"web"}}},
	"two, none":   {Of: map[Column][]string{Namespace: {"web", None}, Rule: {"rule-1", "rule-2"}}},
	"tactic":      {Of: map[Column][]string{Tactic: {"Impact", None}}},
	"level":       {Of: map[Column][]string{Level: {"high", "low"}, Joined: {"yes"}, Excluded: {"no"}}},
	"unknown":     {Of: map[Column][]string{User: {"nobody"}}},
	"at least":    {AtLeast: 4, Since: 200, Until: 400},
	"received":    {Received: 100},
	"words":       {Text: "PAY user-3"},
	"word of two": {Text: "rule-1", Of: map[Column][]string{User: {"user-1", "user-2"}}},
	"ids":         {IDs: []string{fmt.Sprintf("%032x", 3), fmt.Sprintf("%032x", 5), "none"}, AtLeast: 1},
}

func TestPages(t *testing.T) {
	rows := sample(500)
	table := filled(rows)
	for name, f := range filters {
		for _, o := range []Order{{LastSeen, true}, {LastSeen, false}, {FirstSeen, true}, {Count, true}, {Level, true}, {Level, false}, {User, false}, {Rule, true}, {}} {
			var want []Row
			for i := range rows {
				if wants(&f, &rows[i]) {
					want = append(want, rows[i])
				}
			}
			slices.SortFunc(want, func(a, b Row) int {
				pa, pb := table.pack(&a), table.pack(&b)
				x, y := table.place(o, &pa), table.place(o, &pb)
				return o.compare(&x, &y)
			})
			var got []Row
			var after *Place
			for range len(rows) + 1 {
				page, next := table.Page(&f, o, after, 7)
				got = append(got, page...)
				if after = next; next == nil {
					break
				}
			}
			same := slices.EqualFunc(got, want, func(a, b Row) bool { return a.ID == b.ID && a.Text == b.Text && slices.Equal(a.Tactics, b.Tactics) })
			if !same {
				t.Errorf("%s by %+v: %d rows, want %d, or in another order", name, o, len(got), len(want))
			}
		}
	}
}

func TestSummaries(t *testing.T) {
	rows := sample(500)
	table := filled(rows)
	for name, f := range filters {
		s := table.Summarize(&f, Rule)
		total, byRule := 0, map[string]int{}
		for i := range rows {
			if wants(&f, &rows[i]) {
				total++
				byRule[rows[i].Text[Rule]]++
			}
		}
		if s.Total != total || s.Open != total || len(s.Groups) != len(byRule) {
			t.Errorf("%s: %d findings in %d groups, want %d in %d", name, s.Total, len(s.Groups), total, len(byRule))
		}
		for _, g := range s.Groups {
			if g.Count != byRule[g.Value.Value] || g.Title != "Title of "+g.Value.Value {
				t.Errorf("%s: %+v, want %d", name, g, byRule[g.Value.Value])
			}
		}
		for _, facet := range s.Facets {
			c, _ := ColumnOf(facet.Name)
			for _, v := range facet.Values {
				// What one would see with this value alone chosen.
				g := Filter{AtLeast: f.AtLeast, Since: f.Since, Until: f.Until, Received: f.Received, Text: f.Text, IDs: f.IDs, Of: map[Column][]string{}}
				for k, values := range f.Of {
					g.Of[k] = values
				}
				g.Of[c] = []string{v.Value}
				if n := len(table.IDs(&g)); n != v.Count {
					t.Errorf("%s: %s %q counts %d, and shows %d", name, facet.Name, v.Value, v.Count, n)
				}
			}
		}
	}
	s := table.Summarize(&Filter{}, Tactic)
	for _, g := range s.Groups {
		if n := len(table.IDs(&Filter{Of: map[Column][]string{Tactic: {g.Value.Value}}})); n != g.Count {
			t.Errorf("tactic %s: %d, want %d", g.Value.Value, g.Count, n)
		}
	}
}

func TestPutAndDecide(t *testing.T) {
	table := filled(sample(100))
	id := fmt.Sprintf("%032x", 7)
	table.Decide(func(of string) Standing {
		if of == id {
			return Standing{"closed", "expected", "ann", 42}
		}
		return Standing{Status: "open"}
	})
	again := sample(8)[7]
	again.Count, again.Last = 77, 1000
	table.Put([]Row{again})
	rows, _ := table.Page(&Filter{Of: map[Column][]string{Status: {"closed"}, Assignee: {"ann"}}}, Order{LastSeen, true}, nil, 10)
	if len(rows) != 1 || rows[0].ID != id || rows[0].Count != 77 || rows[0].Decided != 42 || rows[0].Text[Resolution] != "expected" {
		t.Errorf("%+v", rows)
	}
	if s := table.Summarize(&Filter{}, Status); s.Total != 100 || s.Open != 99 {
		t.Errorf("%d of %d open", s.Open, s.Total)
	}
	if !table.Has([]string{id}) || table.Has([]string{id, "x"}) {
		t.Error("Has")
	}
}

// What does not fit is left out, the oldest first, and that is known.
func TestBound(t *testing.T) {
	table := New(20 << 10)
	rows := sample(1000)
	table.Put(rows)
	n, left := table.Len()
	if !left || n == 0 || n > 80 || table.Bytes() > 20<<10 {
		t.Errorf("%d rows, left out %v, %d bytes", n, left, table.Bytes())
	}
	page, _ := table.Page(&Filter{}, Order{LastSeen, true}, nil, 1)
	for i := range rows {
		if rows[i].Last > page[0].Last {
			t.Errorf("the first one was seen at %d, another at %d", page[0].Last, rows[i].Last)
		}
	}
	if n, left := filled(rows).Len(); left || n != 1000 {
		t.Errorf("%d, %v", n, left)
	}
}

func BenchmarkSummarize(b *testing.B) {
	table := filled(sample(100_000))
	f := Filter{Of: map[Column][]string{Namespace: {"web"}}, Text: "user-3"}
	b.ReportAllocs()
	for b.Loop() {
		table.Summarize(&f, Rule)
	}
}

func BenchmarkPage(b *testing.B) {
	table := filled(sample(100_000))
	b.ReportAllocs()
	for b.Loop() {
		table.Page(&Filter{}, Order{User, false}, nil, 200)
	}
}
