package expr

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

func field(tb testing.TB, name string) *Term { return &Term{Ref: ref(tb, name)} }

func fn(f Fn, args ...*Term) *Term { return &Term{Fn: f, Args: args} }

func literalTerm(text string) *Term { return &Term{Fn: FnText, Text: text} }

// A term has the values that its function makes of others, and none where
// there are none.
func TestTerms(t *testing.T) {
	e := auditEvent(`{"path": "/a/B.txt", "enc": ["aGVsbG8=", "no!", "d29ybGQ="], "list": ["x", "y"], "n": 12, "null": null, "dir": "/root", "slash": "/root/",
		"lines": ["/bin/sh -c id", "[kworker]", "a", "ab c"], "first": ["/bin/sh", "[kworker]", "", "a"], "names": ["sh", "xmrig", "b", "z"]}`,
		func(e *event.Event) { event.AuditUserName.Set(e, "Mira") })
	for _, c := range []struct {
		term *Term
		want string // values joined by commas, "-" for absent
	}{
		{fn(FnLower, field(t, "audit.user.name")), "mira"},
		{fn(FnUpper, field(t, "audit.user.name")), "MIRA"},
		{fn(FnBase, field(t, "raw.path")), "B.txt"},
		{fn(FnLower, fn(FnBase, field(t, "raw.path"))), "b.txt"},
		{fn(FnBase64, field(t, "raw.enc")), "hello,world"},
		{fn(FnBase64, field(t, "raw.path")), "-"},
		{fn(FnLength, field(t, "audit.user.name")), "4"},
		{fn(FnLength, field(t, "raw.list")), "2"},
		{fn(FnLength, field(t, "raw.n")), "2"},
		{fn(FnConcat, field(t, "audit.user.name"), literalTerm("@"), field(t, "raw.path")), "Mira@/a/B.txt"},
		{fn(FnConcat, field(t, "raw.list"), literalTerm("@")), "-"},
		{fn(FnConcat, field(t, "raw.none"), literalTerm("@")), "-"},
		{fn(FnJoin, literalTerm("|"), field(t, "raw.list"), field(t, "raw.n")), "x|y|12"},
		{fn(FnDirectory, field(t, "raw.dir")), "/root/"},
		{fn(FnDirectory, field(t, "raw.slash")), "/root/"},
		{fn(FnFirst, field(t, "raw.none"), field(t, "raw.list"), field(t, "raw.n")), "x,y"},
		{fn(FnFirst, fn(FnConcat, field(t, "raw.none"), literalTerm("x")), literalTerm("y")), "y"},
		{fn(FnFirst, field(t, "raw.none")), "-"},
		{fn(FnCommand, field(t, "raw.lines"), field(t, "raw.first"), field(t, "raw.names")), "sh -c id,xmrig,a,ab c"},
		{fn(FnCommand, field(t, "raw.lines"), field(t, "raw.list"), field(t, "raw.names")), "/bin/sh -c id,[kworker],a,ab c"}, // of others
		{fn(FnCommand, field(t, "raw.none"), field(t, "raw.first"), field(t, "raw.names")), "-"},
		{fn(FnLower, field(t, "raw.none")), "-"},
		{fn(FnLower, field(t, "raw.null")), "-"},
	} {
		has := &Pred{Term: c.term, Op: OpExists}
		if want := c.want != "-"; eval(t, has, e, Options{}) != want {
			t.Errorf("%s exists: %v, want %v", c.term, !want, want)
		}
		for _, v := range strings.Split(c.want, ",") {
			if c.want != "-" && !eval(t, &Pred{Term: c.term, Op: OpEq, Text: v}, e, Options{}) {
				t.Errorf("%s is not %q", c.term, v)
			}
		}
		// The same beside what it is made of, in either order.
		leaf := c.term.Refs(nil)
		if len(leaf) > 0 && c.want != "-" && c.term.Fn != FnFirst {
			both := &And{X: []Node{has, &Pred{Field: leaf[0], Op: OpExists}, has}}
			if !eval(t, both, e, Options{}) {
				t.Errorf("%s and its field do not stand beside each other", c.term)
			}
		}
	}
}

func TestTermPairs(t *testing.T) {
	e := auditEvent(`{"a": "Sh", "b": "sh", "c": "shell"}`)
	lower := fn(FnLower, field(t, "raw.a"))
	for _, c := range []struct {
		p    *Pred
		want bool
	}{
		{&Pred{Term: lower, Op: OpFieldEq, Other: ref(t, "raw.b")}, true},
		{&Pred{Field: ref(t, "raw.b"), Op: OpFieldEq, OtherTerm: lower}, true},
		{&Pred{Field: ref(t, "raw.a"), Op: OpFieldEq, OtherTerm: lower}, false},
		{&Pred{Field: ref(t, "raw.c"), Op: OpFieldPrefix, OtherTerm: lower}, true},
		{&Pred{Term: fn(FnLower, field(t, "raw.x")), Op: OpFieldEq, Other: ref(t, "raw.b")}, false},
	} {
		if got := eval(t, c.p, e, Options{}); got != c.want {
			t.Errorf("%s: %v, want %v", Print(c.p), got, c.want)
		}
	}
	if got, want := Print(&Pred{Term: lower, Op: OpFieldEq, OtherTerm: fn(FnConcat, literalTerm("s"), field(t, "raw.b"))}), `lower(raw.a) = concat("s", raw.b) cased`; got != want {
		t.Errorf("printed %s, want %s", got, want)
	}
}

func TestTermErrors(t *testing.T) {
	for _, term := range []*Term{{Fn: 99, Args: []*Term{{}}}, {Fn: FnLower}, fn(FnLower, literalTerm("a"), literalTerm("b")), fn(FnLower, &Term{})} {
		if _, err := NewProgram([]Node{&Pred{Term: term, Op: OpExists}}, Options{}); err == nil {
			t.Errorf("%v compiles", term)
		}
	}
}

// One word of a list is one text.
func TestWords(t *testing.T) {
	e := auditEvent("", func(e *event.Event) { event.ActorUserGroups.Set(e, []string{"flags=O_RDWR", "mode=0644", "mode=2"}) })
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"actor.user.groups[0]", "flags=O_RDWR", true},
		{"actor.user.groups[1]", "mode=0644", true},
		{"actor.user.groups[3]", "", false},
		{"actor.user.groups[flags]", "O_RDWR", true},
		{"actor.user.groups[mode]", "2", false}, // the first counts
		{"actor.user.groups[mod]", "e", false},
	} {
		if got := eval(t, &Pred{Field: ref(t, c.name), Op: OpEq, Text: c.text}, e, Options{}); got != c.want {
			t.Errorf("%s = %q: %v, want %v", c.name, c.text, got, c.want)
		}
	}
	if eval(t, &Pred{Field: ref(t, "actor.user.groups[9]"), Op: OpExists}, e, Options{}) {
		t.Error("a word that is not there exists")
	}
}

func TestMismatch(t *testing.T) {
	e := auditEvent(`{"all": ["a", "b"], "some": ["a", "x"], "none": [], "null": [null]}`)
	for name, want := range map[string]bool{"raw.all": false, "raw.some": true, "raw.none": false, "raw.null": false, "raw.absent": false} {
		if got := eval(t, &Pred{Field: ref(t, name), Op: OpMismatch, Text: `^[ab]$`}, e, Options{}); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// A term is read as it is printed.
func TestParseTerm(t *testing.T) {
	resolve := func(name string) (event.Ref, bool) { return event.Resolve(event.ClassAudit, name) }
	for _, text := range []string{
		"audit.user.name", `"a, (b\")"`, "lower(base(raw.path))", `first(raw.none, concat(raw.a, ":", "->", audit.user.name))`, "command(raw.a, raw.b, raw.c)",
	} {
		term, err := ParseTerm(text, resolve)
		if err != nil || term.String() != text {
			t.Errorf("%s: %v, %v", text, term, err)
		}
	}
	for _, text := range []string{"", "nofield", "nofn(raw.a)", "lower(raw.a", "lower(raw.a,raw.b)", "lower(raw.a) x", `"open`, "(raw.a)", "lower()"} {
		if term, err := ParseTerm(text, resolve); err == nil {
			t.Errorf("%s is read as %v", text, term)
		}
	}
}

// Terms that nobody tests have their values, each once.
func TestOptionsTerms(t *testing.T) {
	e := auditEvent("", func(e *event.Event) { event.AuditUserName.Set(e, "Mira") })
	p, err := NewProgram(nil, Options{Terms: []*Term{fn(FnLower, field(t, "audit.user.name")), fn(FnLower, field(t, "audit.user.name"))}})
	if err != nil || p.TermColumn(0) != p.TermColumn(1) {
		t.Fatalf("%v, columns %d and %d", err, p.TermColumn(0), p.TermColumn(1))
	}
	s := p.NewSubject()
	if s.Load(e); !s.Present(p.TermColumn(0)) {
		t.Error("the term has no value")
	}
	if _, err := NewProgram(nil, Options{Terms: []*Term{{Fn: FnCommand, Args: []*Term{field(t, "audit.user.name")}}}}); err == nil {
		t.Error("command of one argument compiles")
	}
}
