package candidates

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// world makes random trees and events that have something to do with each
// other.
type world struct {
	r     *rand.Rand
	words []string
}

func newWorld(seed uint64) *world {
	w := &world{r: rand.New(rand.NewPCG(seed, 7))}
	for range 3 + w.r.IntN(20) {
		w.words = append(w.words, w.word())
	}
	w.words = append(w.words, "", "get", "10.1.2.3", "::ffff:10.1.2.3", "fe80::1", "403", "403.0", "K", "\u212a", "Straße", "\xff", strings.Repeat("long/", 120),
		"aaaaaaaaXaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaYaaaaaaaaaaaaaaaaaaaaaa") // the last two have one hash
	return w
}

func (w *world) word() string {
	b := make([]byte, w.r.IntN(9))
	for i := range b {
		b[i] = "aAbBkKxyz/-*?. "[w.r.IntN(15)]
	}
	return string(b)
}

func pick[T any](w *world, list ...T) T { return list[w.r.IntN(len(list))] }

// text returns a word, several, or a part of one.
func (w *world) text() string {
	s := pick(w, w.words...)
	switch w.r.IntN(6) {
	case 0:
		return s + pick(w, w.words...)
	case 1:
		return s[:w.r.IntN(len(s)+1)]
	case 2:
		return strings.ToUpper(s)
	case 3:
		return w.word()
	}
	return s
}

var worldFields = []event.Ref{
	{Field: event.APIOperation.ID()}, {Field: event.ResourceName.ID()}, {Field: event.ActorUserName.ID()}, {Field: event.HTTPRequestURLPath.ID()},
	{Field: event.APIResponseCode.ID()}, {Field: event.DstEndpointPort.ID()}, {Field: event.ActorUserGroups.ID()}, {Field: event.AuditSourceIPs.ID()},
	{Field: event.SrcEndpointIP.ID()}, {Field: event.AuditDryRun.ID()}, {Field: event.Time.ID()}, {Field: event.AuditRequestObject.ID()}, {Path: "a.b"},
}

func (w *world) pred() *expr.Pred {
	p := &expr.Pred{Field: pick(w, worldFields...), Fold: w.r.IntN(3) > 0, Text: w.text()}
	p.Op = pick(w, expr.OpEq, expr.OpEq, expr.OpEq, expr.OpContains, expr.OpPrefix, expr.OpSuffix, expr.OpGlob, expr.OpRegex, expr.OpCIDR,
		expr.OpGe, expr.OpLt, expr.OpExists, expr.OpNull, expr.OpFieldEq, expr.OpKeyword, expr.OpInList)
	switch p.Op {
	case expr.OpEq:
		if w.r.IntN(8) == 0 {
			p.Text, p.Part = "12", expr.PartHour
		} else if w.r.IntN(4) == 0 {
			p.Text = pick(w, "403", "403.0", "+403", "22", "true", "false", "1970-01-01T00:00:00Z")
		}
	case expr.OpRegex:
		p.Text = pick(w, "a|b", "^get$", "(?i)STRA.E", "[kx]+y", "lo(ng)+/lo", ".*", "\xff*")
	case expr.OpGlob:
		p.Text = pick(w, "*", "a*", "*a", "*a*b*", "?", "?*?", `\**`, "g?t", w.text()+"*")
	case expr.OpCIDR:
		p.Text = pick(w, "10.0.0.0/8", "10.1.2.3", "::/0", "0.0.0.0/0", "fe80::/10")
	case expr.OpGe, expr.OpLt:
		p.Text = pick(w, "22", "403", "402.5", "-1", "1970-01-01T00:00:00Z")
	case expr.OpFieldEq:
		p.Other = pick(w, worldFields...)
	case expr.OpInList:
		p.Text = "words"
	}
	if p.Op == expr.OpRegex && p.Text == "\xff*" {
		p.Text = "x"
	}
	return p
}

func (w *world) tree(depth int) expr.Node {
	if depth == 0 || w.r.IntN(3) == 0 {
		return w.pred()
	}
	kids := make([]expr.Node, w.r.IntN(4))
	for i := range kids {
		kids[i] = w.tree(depth - 1)
	}
	switch w.r.IntN(8) {
	case 0:
		return &expr.Const{Value: w.r.IntN(2) == 0}
	case 1, 2:
		return &expr.Not{X: w.tree(depth - 1)}
	case 3, 4:
		return &expr.Or{X: kids}
	}
	return &expr.And{X: kids}
}

func (w *world) list() []string {
	out := make([]string, w.r.IntN(4))
	for i := range out {
		out[i] = w.text()
	}
	return out
}

func (w *world) event(e *event.Event) {
	e.Reset(event.ClassAudit)
	for _, f := range []event.StringField{event.APIOperation, event.ResourceName, event.ActorUserName, event.HTTPRequestURLPath, event.SrcEndpointIP, event.AuditRequestObject} {
		if w.r.IntN(4) > 0 {
			f.Set(e, w.text())
		}
	}
	for _, f := range []event.IntField{event.APIResponseCode, event.DstEndpointPort} {
		if w.r.IntN(4) > 0 {
			f.Set(e, pick(w, 0, 22, 403, -1, w.r.Int64N(1000)))
		}
	}
	for _, f := range []event.StringsField{event.ActorUserGroups, event.AuditSourceIPs} {
		if w.r.IntN(4) > 0 {
			f.Set(e, w.list())
		}
	}
	if w.r.IntN(2) == 0 {
		event.AuditDryRun.Set(e, w.r.IntN(2) == 0)
	}
	if w.r.IntN(2) == 0 {
		event.Time.Set(e, w.r.Int64N(1<<60))
	}
	if w.r.IntN(2) == 0 {
		e.Raw = fmt.Appendf(nil, `{"a": [{"b": %q}, {"b": 403}, {"b": null}]}`, w.words[0])
	}
}

// check compares what a Finder finds with what trees hold.
func check(t *testing.T, seed uint64, trees, events int, limits Limits) {
	t.Helper()
	w := newWorld(seed)
	lists := func(string) expr.List { return wordList(w.words) }
	nodes := make([]expr.Node, trees)
	for i := range nodes {
		nodes[i] = w.tree(3)
	}
	x, err := Compile(nodes, lists)
	if err != nil {
		t.Fatal(err)
	}
	p, err := expr.NewProgram(nodes, expr.Options{Lists: lists})
	if err != nil {
		t.Fatal(err)
	}
	f, s, e := x.NewFinder(limits), p.NewSubject(), &event.Event{}
	for n := range events {
		w.disturb(f)
		w.event(e)
		s.Load(e)
		got := f.Find(e)
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Fatalf("event %d: %v is not in order", n, got)
		}
		for i := range nodes {
			holds, found := p.Eval(s, i), slices.Contains(got, int32(i))
			if holds && !found || found && !holds && x.Exact(int32(i)) {
				t.Fatalf("seed %d, event %d, tree %d: holds %v, found %v, exact %v\n%s", seed, n, i, holds, found, x.Exact(int32(i)), x.formulas[i].key())
			}
		}
	}
}

type wordList []string

func (l wordList) Has(v string) bool { return slices.Contains(l, v) }

// disturb changes what a Finder remembers, which must not change what it
// finds.
func (w *world) disturb(f *Finder) {
	if len(f.sorters) == 0 {
		return
	}
	switch w.r.IntN(40) {
	case 0:
		f.sample()
		f.next = 0
		f.Retune()
	case 1:
		f.forget()
	case 2:
		f.sorters[w.r.IntN(len(f.sorters))].gate.rest = int32(w.r.IntN(9))
	case 3:
		f.tuples.gate.rest = int32(w.r.IntN(9))
	case 4:
		f.sorters[w.r.IntN(len(f.sorters))].classes.passed = f.patience
		f.Retune()
	case 5:
		f.events = ^uint(0)
	case 6:
		f.tuples.turn, f.observed.events = ^uint32(0), 1<<30
	}
}

func TestFindsWhatHolds(t *testing.T) {
	for seed := range uint64(150) {
		limits := Limits{}
		if seed%2 == 1 {
			limits = Limits{MemoBytes: 1 << (seed % 16), ClassBytes: 1 << (seed % 13)}
		}
		check(t, seed, 1+int(seed)%40, 100, limits)
	}
}

// FuzzFind compares finding with evaluating one tree after another, whatever
// is remembered and forgotten between.
func FuzzFind(f *testing.F) {
	f.Add(uint64(1), uint8(10), uint8(50), uint32(0), uint32(0))
	f.Add(uint64(2), uint8(200), uint8(50), uint32(100), uint32(1000))
	f.Fuzz(func(t *testing.T, seed uint64, trees, events uint8, memo, class uint32) {
		check(t, seed, int(trees), int(events), Limits{int(memo % (1 << 20)), int(class % (1 << 20))})
	})
}
