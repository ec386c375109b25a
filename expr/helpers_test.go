package expr

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// ref returns what a name means in the audit table.
func ref(tb testing.TB, name string) event.Ref {
	tb.Helper()
	r, ok := event.Resolve(event.ClassAudit, name)
	if !ok {
		tb.Fatalf("no field %q", name)
	}
	return r
}

// auditEvent returns an event of the audit table with a document.
func auditEvent(raw string, set ...func(*event.Event)) *event.Event {
	e := &event.Event{}
	e.Reset(event.ClassAudit)
	if raw != "" {
		e.Raw = []byte(raw)
	}
	for _, f := range set {
		f(e)
	}
	return e
}

// eval compiles and evaluates one tree.
func eval(tb testing.TB, n Node, e *event.Event, opts Options) bool {
	tb.Helper()
	p, err := NewProgram([]Node{n}, opts)
	if err != nil {
		tb.Fatal(err)
	}
	s := p.NewSubject()
	s.Load(e)
	got := p.Eval(s, 0)
	if again := p.Eval(s, 0); again != got {
		tb.Fatalf("first %v, then %v", got, again)
	}
	return got
}
