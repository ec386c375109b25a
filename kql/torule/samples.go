package torule

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/syntax"
)

// Samples are queries for events to test a rule with, made of the query that
// the rule is made of. Each ends in a condition, to which more can be added.
type Samples struct {
	// Matching gives the events that the rule finds.
	Matching string
	// Others give events that it does not find, the nearest first: those that
	// lack only the last condition, then any.
	Others []string
}

// SamplesOf reads a query whose plan Convert took. It has no Others where the
// query has no condition.
func SamplesOf(text string) (Samples, error) {
	tree, err := syntax.Parse(text)
	if err != nil {
		return Samples{}, err
	}
	pipe := answer(tree)
	if pipe == nil {
		return Samples{Matching: strings.TrimRight(text, "; \n\t")}, nil
	}
	end, last := prefix(pipe)
	s := Samples{Matching: text[:end]}
	if last == nil {
		return s, nil
	}
	at := last.Pos()
	cond := last.Cond.Pos()
	before := text[:at.Start]
	if x, y := conjunction(last.Cond); x != nil && !mentionsTime(y) {
		s.Others = append(s.Others, before+"where ("+text[x.Pos().Start:x.Pos().End]+") and not("+text[y.Pos().Start:y.Pos().End]+")")
	}
	s.Others = append(s.Others, before+"where not("+text[cond.Start:cond.End]+")")
	return s, nil
}

// prefix returns where the leading conditions and computed columns end, and
// the last condition.
func prefix(pipe *syntax.Pipe) (end int, last *syntax.Where) {
	end = pipe.Source.Pos().End
	for _, op := range pipe.Ops {
		switch op := op.(type) {
		case *syntax.Where:
			last, end = op, op.Pos().End
		case *syntax.Extend:
			end = op.Pos().End
		default:
			return end, last
		}
	}
	return end, last
}

// answer is the pipe whose rows are asked for; nil where a table alone is.
func answer(tree *syntax.Query) *syntax.Pipe {
	for _, st := range tree.Statements {
		if a, ok := st.(*syntax.Answer); ok {
			if p, ok := a.X.(*syntax.Pipe); ok && p.Source != nil {
				return p
			}
		}
	}
	return nil
}

// conjunction returns all but the last part of an "and", and that.
func conjunction(x syntax.Expr) (rest, last syntax.Expr) {
	if b, ok := x.(*syntax.Binary); ok && b.Op == "and" {
		return b.X, b.Y
	}
	return nil, nil
}

// mentionsTime reports whether a condition bounds the time: events of another
// time are none that a rule does not find.
func mentionsTime(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Binary:
		return isTime(x.X) || isTime(x.Y)
	case *syntax.Between:
		return isTime(x.X)
	}
	return false
}

func isTime(x syntax.Expr) bool {
	n, ok := x.(*syntax.Name)
	return ok && n.Text == timeName
}
