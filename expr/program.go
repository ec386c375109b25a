package expr

import (
	"errors"
	"fmt"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// Program is a list of compiled trees over one table of columns. It never
// changes and may be used by any number of goroutines, each with a [Subject]
// of its own.
type Program struct {
	columns []column
	byRef   map[event.Ref]Column
	paths   *rawjson.Extractor // nil when no column reads the raw document
	tests   []test
	slow    int32    // how many of tests are remembered
	terms   []Column // of Options.Terms
	code    []step
	entry   []int32 // of each tree
}

// step is one predicate of one tree, and where to go on from it: the index of
// another step, or one of the ends.
type step struct{ test, yes, no int32 }

const (
	endTrue  = -1
	endFalse = -2
)

// Options of NewProgram. The zero value is ready for use.
type Options struct {
	// Lists finds the list of OpInList by name and returns nil for one that
	// does not exist; it is asked while compiling only.
	Lists func(name string) List
	// Refs are fields and paths that no tree mentions and whose values are
	// wanted all the same.
	Refs []event.Ref
	// Terms are the same, computed.
	Terms []*Term
}

// Error says what is wrong with one tree.
type Error struct {
	Tree int // index in what NewProgram was given; -1 for Options.Refs and Options.Terms
	At   Pos
	Name string // of the field, as the rule wrote it
	Err  error
}

// Error implements error.
func (e *Error) Error() string {
	at := ""
	if e.At.Line > 0 {
		at = fmt.Sprintf("%d:%d: ", e.At.Line, e.At.Col)
	}
	if e.Name != "" {
		at += e.Name + ": "
	}
	return at + e.Err.Error()
}

// Unwrap returns what went wrong, without its place.
func (e *Error) Unwrap() error { return e.Err }

// NewProgram compiles trees; their indexes are their names from then on. The
// error joins an *Error for each predicate that cannot be compiled.
func NewProgram(nodes []Node, opts Options) (*Program, error) {
	b := builder{
		p:      &Program{byRef: map[event.Ref]Column{}},
		opts:   opts,
		tests:  map[Pred]int32{},
		slots:  map[string]int{},
		byTerm: map[string]Column{},
	}
	for _, r := range opts.Refs {
		if _, err := b.column(r); err != nil {
			b.errs = append(b.errs, &Error{Tree: -1, Err: err})
		}
	}
	for _, t := range opts.Terms {
		c, err := b.term(t)
		if err != nil {
			b.errs = append(b.errs, &Error{Tree: -1, Err: err})
		}
		b.p.terms = append(b.p.terms, c)
	}
	for i, n := range nodes {
		b.tree = i
		b.p.entry = append(b.p.entry, b.compile(n, endTrue, endFalse))
	}
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	if err := b.extractor(); err != nil {
		return nil, err
	}
	return b.p, nil
}

// Len returns how many trees the program has.
func (p *Program) Len() int { return len(p.entry) }

// Eval reports whether tree i holds for the event that s was loaded with. s
// must be of p. It does not allocate, except inside a regular expression's
// first runs.
func (p *Program) Eval(s *Subject, i int) bool {
	at := p.entry[i]
	for at >= 0 {
		st := &p.code[at]
		if p.tests[st.test].holds(s) {
			at = st.yes
		} else {
			at = st.no
		}
	}
	return at == endTrue
}

// builder makes a Program.
type builder struct {
	p      *Program
	opts   Options
	tree   int
	tests  map[Pred]int32 // without At and Name
	paths  []rawjson.Path
	slots  map[string]int    // of paths, by their text
	byTerm map[string]Column // by what it prints
	errs   []error
}

// compile emits n, to go on at yes or no, and returns where it starts.
func (b *builder) compile(n Node, yes, no int32) int32 {
	switch n := n.(type) {
	case *And:
		start := yes
		for i := len(n.X) - 1; i >= 0; i-- {
			start = b.compile(n.X[i], start, no)
		}
		return start
	case *Or:
		start := no
		for i := len(n.X) - 1; i >= 0; i-- {
			start = b.compile(n.X[i], yes, start)
		}
		return start
	case *Not:
		return b.compile(n.X, no, yes)
	case *Const:
		if n.Value {
			return yes
		}
		return no
	case *Pred:
		b.p.code = append(b.p.code, step{b.test(n), yes, no})
		return int32(len(b.p.code) - 1)
	}
	b.errs = append(b.errs, &Error{Tree: b.tree, Err: errors.New("the condition is missing")})
	return no
}

// test returns the number of a predicate, equal ones having one.
func (b *builder) test(n *Pred) int32 {
	key := *n
	key.At, key.Name = Pos{}, ""
	if i, ok := b.tests[key]; ok {
		return i
	}
	t, err := b.newTest(&key)
	if err != nil {
		b.errs = append(b.errs, &Error{Tree: b.tree, At: n.At, Name: n.Name, Err: err})
		return 0
	}
	if isSlow(key.Op) {
		t = &remembered{t, b.p.slow}
		b.p.slow++
	}
	i := int32(len(b.p.tests))
	b.p.tests = append(b.p.tests, t)
	b.tests[key] = i
	return i
}
