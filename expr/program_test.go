package expr

import (
	"errors"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

func TestTrees(t *testing.T) {
	yes, no := &Const{Value: true}, &Const{}
	is := func(v string) Node { return &Pred{Field: event.Ref{Field: event.APIOperation.ID()}, Op: OpEq, Text: v} }
	e := auditEvent("", func(e *event.Event) { event.APIOperation.Set(e, "get") })
	tests := []struct {
		name string
		n    Node
		want bool
	}{
		{"empty and", &And{}, true},
		{"empty or", &Or{}, false},
		{"not", &Not{X: no}, true},
		{"not not", &Not{X: &Not{X: is("get")}}, true},
		{"and", &And{X: []Node{yes, is("get"), yes}}, true},
		{"and false", &And{X: []Node{is("get"), is("list"), is("get")}}, false},
		{"or", &Or{X: []Node{is("list"), is("get")}}, true},
		{"or false", &Or{X: []Node{is("list"), no, is("x")}}, false},
		{"not and", &Not{X: &And{X: []Node{is("get"), is("list")}}}, true},
		{"not or", &Not{X: &Or{X: []Node{is("list"), is("get")}}}, false},
		{"nested", &And{X: []Node{&Or{X: []Node{is("a"), &And{X: []Node{is("get"), yes}}}}, &Not{X: is("b")}}}, true},
	}
	nodes := make([]Node, len(tests))
	for i, tt := range tests {
		nodes[i] = tt.n
	}
	p, err := NewProgram(nodes, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := p.NewSubject()
	s.Load(e)
	for i, tt := range tests {
		if got := p.Eval(s, i); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if len(p.tests) != 5 {
		t.Errorf("%d distinct predicates, want 5", len(p.tests))
	}
}

func TestErrors(t *testing.T) {
	name := ref(t, "resource.name")
	tests := []struct {
		n    Node
		want string
	}{
		{nil, "the condition is missing"},
		{&Not{}, "the condition is missing"},
		{&Pred{At: Pos{3, 4}, Name: "x", Field: name, Op: OpRegex, Text: "("}, "3:4: x: regular expression: "},
		{&Pred{Field: name, Op: OpRegex, Text: "a(?=b)"}, "regular expression: "},
		{&Pred{Field: name, Op: OpCIDR, Text: "10.0.0.0/33"}, `"10.0.0.0/33" is no CIDR block`},
		{&Pred{Field: name, Op: OpCIDR, Text: "here"}, `"here" is neither`},
		{&Pred{Field: name, Op: OpLt, Text: "many"}, `"many" is neither a number nor a time`},
		{&Pred{Field: name, Op: OpInList, Text: "tor"}, `there is no list named "tor"`},
		{&Pred{Field: name, Op: OpEq, Part: PartHour, Text: "noon"}, "a part of a time is compared with a number"},
		{&Pred{Field: name, Op: OpContains, Part: PartHour, Text: "1"}, "equality and order only"},
		{&Pred{Field: name, Op: OpEq, Part: 99, Text: "1"}, "there is no part 99"},
		{&Pred{Field: name}, "there is no operator 0"},
		{&Pred{Field: name, Op: 200}, "there is no operator 200"},
		{&Pred{Op: OpEq}, "the predicate names no field"},
		{&Pred{Field: event.Ref{Field: 60000}, Op: OpEq}, "there is no field number 60000"},
		{&Pred{Field: event.Ref{Path: "a[x]"}, Op: OpEq}, `path "a[x]"`},
		{&Pred{Field: event.Ref{Field: 1, Path: "a"}, Op: OpEq}, "and a path at once"},
		{&Pred{Field: name, Op: OpFieldEq}, "the predicate names no field"},
	}
	for _, tt := range tests {
		_, err := NewProgram([]Node{&Const{}, tt.n}, Options{})
		var e *Error
		if !errors.As(err, &e) || e.Tree != 1 || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.n, err, tt.want)
		}
	}
	if _, err := NewProgram(nil, Options{Refs: []event.Ref{{}}}); err == nil {
		t.Error("a wanted value without field is no error")
	}
}

func TestValues(t *testing.T) {
	groups, missing, words, parts := ref(t, "actor.user.groups"), ref(t, "resource.name"), ref(t, "raw.w"), ref(t, "audit.pod.registries")
	p, err := NewProgram(nil, Options{Refs: []event.Ref{groups, missing, words, parts}})
	if err != nil {
		t.Fatal(err)
	}
	s := p.NewSubject()
	e := auditEvent(`{"w": [1.50, null, "a\u0041", "7"], "requestObject": {"spec": {"containers": [{"image": "quay.io/a"}, {"image": "b"}]}}}`, func(e *event.Event) { event.ActorUserGroups.Set(e, []string{"a", "b"}) })
	s.Load(e)
	if s.Event() != e {
		t.Error("another event")
	}
	for _, tt := range []struct {
		ref     event.Ref
		n       int
		present bool
		text    string
	}{{groups, 2, true, "a,b"}, {missing, 0, false, ""}, {words, 4, true, "1.50,,aA,7"}, {parts, 2, true, "quay.io,docker.io"}} {
		c, ok := p.Column(tt.ref)
		if !ok {
			t.Fatalf("%v has no column", tt.ref)
		}
		if n, present, text := s.Len(c), s.Present(c), string(s.AppendText(nil, c)); n != tt.n || present != tt.present || text != tt.text {
			t.Errorf("%s: %d %v %q, want %d %v %q", tt.ref.Name(), n, present, text, tt.n, tt.present, tt.text)
		}
	}
	c, _ := p.Column(words)
	for i, want := range []struct {
		f  float64
		ok bool
	}{{1.5, true}, {0, false}, {0, false}, {7, true}} {
		if f, ok := s.Number(c, i); f != want.f || ok != want.ok {
			t.Errorf("number %d: %v %v, want %v", i, f, ok, want)
		}
	}
	if _, ok := p.Column(ref(t, "api.operation")); ok {
		t.Error("a column nobody asked for")
	}
}

func TestEvalDoesNotAllocate(t *testing.T) {
	var nodes []Node
	for _, f := range []string{"api.operation", "api.response.code", "time", "actor.user.groups", "raw.a.b", "src_endpoint.ip"} {
		for _, op := range []Op{OpEq, OpContains, OpGlob, OpRegex, OpExists, OpNull} {
			nodes = append(nodes, &Pred{Field: ref(t, f), Op: op, Text: "Éa?7", Fold: true})
		}
		nodes = append(nodes, &Pred{Field: ref(t, f), Op: OpCIDR, Text: "fe80::/10"}, &Pred{Field: ref(t, f), Op: OpGt, Text: "1"},
			&Pred{Field: ref(t, f), Op: OpEq, Part: PartHour, Text: "1"}, &Pred{Field: ref(t, f), Other: ref(t, "raw.a.c"), Op: OpFieldEq, Fold: true})
	}
	nodes = append(nodes, &Pred{Op: OpKeyword, Text: "Éa?7", Fold: true})
	p, err := NewProgram(nodes, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := p.NewSubject()
	e := auditEvent(`{"a": {"b": ["X\u0041", 1, "fe80::1:zz", "2026-13-01T00:00:00Z"], "c": "\n"}}`, func(e *event.Event) {
		event.APIOperation.Set(e, "GETÉA7")
		event.APIResponseCode.Set(e, 7)
		event.Time.Set(e, 1)
		event.SrcEndpointIP.Set(e, "fe80::1%eth0")
		event.ActorUserGroups.Set(e, []string{"A", "É"})
	})
	allocs := testing.AllocsPerRun(100, func() {
		s.Load(e)
		for i := range nodes {
			p.Eval(s, i)
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations", allocs)
	}
}
