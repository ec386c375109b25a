package expr

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

func TestPrint(t *testing.T) {
	verb := func(op Op, text string) *Pred {
		return &Pred{Field: event.Ref{Field: event.APIOperation.ID()}, Op: op, Text: text, Fold: true}
	}
	raw := func(op Op, text string) *Pred { return &Pred{Field: event.Ref{Path: "a.b"}, Op: op, Text: text} }
	for _, c := range []struct {
		in   Node
		want string
	}{
		{verb(OpEq, "get"), `api.operation = "get"`},
		{raw(OpEq, "Get"), `raw.a.b = "Get" cased`},
		{raw(OpEq, "403"), `raw.a.b = 403`},
		{raw(OpEq, "1e3"), `raw.a.b = "1e3" cased`},
		{raw(OpGe, "400"), `raw.a.b >= 400`},
		{raw(OpExists, ""), `raw.a.b exists`},
		{raw(OpNull, ""), `raw.a.b is null`},
		{raw(OpRegex, "^a/b"), `raw.a.b matches /^a/b/`},
		{raw(OpCIDR, "10.0.0.0/8"), `raw.a.b in 10.0.0.0/8`},
		{raw(OpInList, "tor"), `raw.a.b in list tor`},
		{&Pred{Field: event.Ref{Path: "a"}, Op: OpFieldPrefix, Other: event.Ref{Path: "b"}, Fold: true}, `raw.a starts with raw.b`},
		{&Pred{Op: OpKeyword, Text: "evil", Fold: true}, `the event contains "evil"`},
		{&Pred{Op: OpExists, Name: "rule_a"}, `rule_a`},
		{&Pred{Field: event.Ref{Path: "t"}, Op: OpLt, Text: "6", Part: PartHour}, `hour(raw.t) < 6`},
		{&Or{X: []Node{verb(OpEq, "get"), verb(OpEq, "list")}}, `api.operation = any of ("get", "list")`},
		{&And{X: []Node{verb(OpContains, "a"), verb(OpContains, "b")}}, `api.operation contains all of ("a", "b")`},
		{&Or{X: []Node{verb(OpEq, "get"), raw(OpEq, "list")}}, `api.operation = "get" or raw.a.b = "list" cased`},
		{&And{X: []Node{&Or{X: []Node{verb(OpEq, "a"), raw(OpNull, "")}}, &Not{X: verb(OpEq, "b")}}}, `(api.operation = "a" or raw.a.b is null) and not api.operation = "b"`},
		{&Not{X: &And{X: []Node{verb(OpEq, "a"), raw(OpNull, "")}}}, `not (api.operation = "a" and raw.a.b is null)`},
		{&And{X: []Node{&Or{X: []Node{&And{X: []Node{verb(OpEq, "a"), raw(OpNull, "")}}}}, raw(OpExists, "")}}, `(api.operation = "a" and raw.a.b is null) and raw.a.b exists`},
		{&And{}, "true"},
		{&Or{}, "false"},
		{&Const{Value: true}, "true"},
	} {
		if got := Print(c.in); got != c.want {
			t.Errorf("Print = %s\n   want %s", got, c.want)
		}
	}
}

func TestTree(t *testing.T) {
	p := func(path, text string) *Pred {
		return &Pred{Field: event.Ref{Path: path}, Op: OpEq, Text: text, Fold: true}
	}
	in := &And{X: []Node{
		p("a", "1x"),
		&Or{X: []Node{p("b", "x"), p("b", "y")}},
		&Or{X: []Node{p("b", "x"), &Not{X: p("c", "y")}}},
		&Not{X: &Or{X: []Node{p("d", "x"), p("e", "y")}}},
	}}
	want := `  all of
    raw.a = "1x"
    raw.b = any of ("x", "y")
    any of
      raw.b = "x"
      not raw.c = "y"
    not
      any of
        raw.d = "x"
        raw.e = "y"`
	if got := Tree(in, "  "); got != want {
		t.Errorf("Tree =\n%s\nwant\n%s", got, want)
	}
}
