package candidates

import (
	"fmt"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// names compiles one tree for each name: the resource has it.
func names(t *testing.T, op expr.Op, list ...string) *Index {
	t.Helper()
	var trees []expr.Node
	for _, n := range list {
		trees = append(trees, &expr.Pred{Field: event.Ref{Field: event.ResourceName.ID()}, Op: op, Text: n})
	}
	x, err := Compile(trees, nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// named returns an event of a resource.
func named(name string) *event.Event {
	e := &event.Event{}
	e.Reset(event.ClassAudit)
	event.ResourceName.Set(e, name)
	return e
}

func TestManyClasses(t *testing.T) {
	var list []string
	for i := range 3000 {
		list = append(list, fmt.Sprintf("name-%d", i))
	}
	x := names(t, expr.OpEq, list...)
	for _, tt := range []struct {
		limits  Limits
		classes int // at most
	}{{Limits{}, 3002}, {Limits{ClassBytes: 10_000}, 100}, {Limits{MemoBytes: 1, ClassBytes: 1}, 2}} {
		f := x.NewFinder(tt.limits)
		for range 2 {
			for i, n := range list {
				if got := f.Find(named(n)); !slices.Equal(got, []int32{int32(i)}) {
					t.Fatalf("%s: %v, want %d", n, got, i)
				}
			}
		}
		if n := len(f.sorters[0].classes.list); n > tt.classes {
			t.Errorf("%+v: %d classes, want at most %d", tt.limits, n, tt.classes)
		}
		f.Retune()
		if got := f.Find(named("name-7")); !slices.Equal(got, []int32{7}) {
			t.Errorf("after Retune: %v", got)
		}
	}
}

func TestRoomForClassesComesBack(t *testing.T) {
	x := names(t, expr.OpContains, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")
	f := x.NewFinder(Limits{ClassBytes: 300})
	s := f.sorters[0]
	for i := range manyPassed + 10 {
		f.Find(named([]string{"ab", "cd", "ef", "gh", "ijk"}[i%5] + fmt.Sprint(i)))
	}
	if s.classes.passed < manyPassed/2 {
		t.Fatalf("%d values found no room", s.classes.passed)
	}
	s.classes.passed = f.patience
	f.Retune()
	if s.classes.passed != 0 || len(s.classes.list) != 2 {
		t.Errorf("%d passed, %d classes after Retune", s.classes.passed, len(s.classes.list))
	}
}

func TestMemosAreBounded(t *testing.T) {
	const limit = 64 << 10
	x := names(t, expr.OpPrefix, "a", "b")
	f := x.NewFinder(Limits{MemoBytes: limit})
	for i := range 200_000 {
		f.Find(named(fmt.Sprintf("a-long-name-of-a-resource-%d", i%5000)))
	}
	m := f.sorters[0].memo
	if used := cap(m.keys) + len(m.sets)*memoWays*12; used > limit {
		t.Errorf("the memo of values takes %d bytes", used)
	}
	if used := len(f.tuples.entries)*12 + 2*cap(f.tuples.ids) + 4*cap(f.tuples.results); used > limit {
		t.Errorf("the memo of combinations takes %d bytes", used)
	}
}

func TestGate(t *testing.T) {
	g := newGate(50)
	use := func(hits, of int) {
		for i := range of {
			if !g.open() {
				t.Fatal("shut")
			}
			if i < hits {
				g.hit()
			} else {
				g.miss()
			}
		}
	}
	use(gateWindow/2, gateWindow)
	use(gateWindow/2-1, gateWindow)
	for range gateRest {
		if g.open() {
			t.Fatal("open too early")
		}
	}
	use(gateWindow, gateWindow)
}

// TestAnchors holds plans to trees being found through the rarest atoms.
func TestAnchors(t *testing.T) {
	verb := &expr.Pred{Field: event.Ref{Field: event.APIOperation.ID()}, Op: expr.OpEq, Text: "create"}
	name := &expr.Pred{Field: event.Ref{Field: event.ResourceName.ID()}, Op: expr.OpContains, Text: "x"}
	user := &expr.Pred{Field: event.Ref{Field: event.ActorUserName.ID()}, Op: expr.OpExists}
	unknown := &expr.Pred{Field: event.Ref{Path: "a"}, Op: expr.OpExists}
	tests := []struct {
		n    expr.Node
		want string
	}{
		{&expr.And{X: []expr.Node{verb, name, user}}, "api.operation"},
		{&expr.And{X: []expr.Node{name, user, unknown}}, "resource.name"},
		{&expr.Or{X: []expr.Node{verb, name}}, "api.operation resource.name"},
		{&expr.Or{X: []expr.Node{verb, unknown}}, ""},
		{&expr.Not{X: &expr.And{X: []expr.Node{verb, name}}}, ""},
		{&expr.And{}, ""},
	}
	for i, tt := range tests {
		x, err := Compile([]expr.Node{tt.n}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for c, a := range x.plan.anchors {
			if len(a.list) > 0 {
				got = append(got, event.Lookup(x.columns[c].field).Name)
			}
		}
		slices.Sort(got)
		if s := fmt.Sprint(got); s != "["+tt.want+"]" || (tt.want == "") != (len(x.plan.free) == 1) {
			t.Errorf("tree %d is anchored in %s, free %v, want %q", i, s, x.plan.free, tt.want)
		}
	}
}

// TestRetuneMovesAnchors holds new plans to what was seen.
func TestRetuneMovesAnchors(t *testing.T) {
	verb := &expr.Pred{Field: event.Ref{Field: event.APIOperation.ID()}, Op: expr.OpEq, Text: "get"}
	name := &expr.Pred{Field: event.Ref{Field: event.ResourceName.ID()}, Op: expr.OpContains, Text: "x"}
	x, err := Compile([]expr.Node{&expr.And{X: []expr.Node{verb, name}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := x.NewFinder(Limits{})
	e := named("web")
	event.APIOperation.Set(e, "get")
	for range firstPlan * sampleEvery {
		f.Find(e)
	}
	f.Retune()
	if f.plan == x.plan || len(f.plan.anchors[0].list) != 0 || len(f.plan.anchors[1].list) != 1 {
		t.Errorf("anchored in %v and %v", f.plan.anchors[0].list, f.plan.anchors[1].list)
	}
	if got := f.Find(e); len(got) > 0 {
		t.Errorf("found %v", got)
	}
	event.ResourceName.Set(e, "xx")
	if got := f.Find(e); !slices.Equal(got, []int32{0}) {
		t.Errorf("found %v", got)
	}
}
