package expr

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// Print returns a tree on one line. Fields go by the names of the registry;
// predicates of one field that differ only in their literal are drawn
// together. Text is compared without regard to case unless it says "cased". A
// leaf of a correlation's condition is the name of its rule.
func Print(n Node) string {
	var b strings.Builder
	printLine(&b, n, precOr)
	return b.String()
}

// Tree returns a tree with one predicate a line, indented by two blanks a
// level below indent. The last line has no line break.
func Tree(n Node, indent string) string {
	var b strings.Builder
	printTree(&b, n, indent)
	return strings.TrimSuffix(b.String(), "\n")
}

// Precedences: how loosely what surrounds a node binds.
const (
	precOr = iota
	precAnd
	precNot
)

func printLine(b *strings.Builder, n Node, prec int) {
	if s, ok := together(n); ok {
		b.WriteString(s)
		return
	}
	switch n := n.(type) {
	case *And:
		printChain(b, n.X, " and ", precAnd, prec, "true")
	case *Or:
		printChain(b, n.X, " or ", precOr, prec, "false")
	case *Not:
		b.WriteString("not ")
		printLine(b, n.X, precNot)
	case *Const:
		b.WriteString(strconv.FormatBool(n.Value))
	case *Pred:
		b.WriteString(n.subject())
		if n.Op != OpExists || n.Field != (event.Ref{}) {
			b.WriteString(n.Op.verb() + n.object())
		}
	default:
		b.WriteString("nothing")
	}
}

func printChain(b *strings.Builder, xs []Node, word string, own, outer int, empty string) {
	if len(xs) == 0 {
		b.WriteString(empty)
		return
	}
	bracket := own < outer && len(xs) > 1
	if bracket {
		b.WriteByte('(')
	}
	for i, x := range xs {
		if i > 0 {
			b.WriteString(word)
		}
		inner := own + 1
		if len(xs) == 1 {
			inner = outer
		}
		printLine(b, x, inner)
	}
	if bracket {
		b.WriteByte(')')
	}
}

func printTree(b *strings.Builder, n Node, indent string) {
	line := func(s string) { b.WriteString(indent + s + "\n") }
	if s, ok := together(n); ok {
		line(s)
		return
	}
	deeper := indent + "  "
	switch n := n.(type) {
	case *And:
		line("all of")
		for _, x := range n.X {
			printTree(b, x, deeper)
		}
	case *Or:
		line("any of")
		for _, x := range n.X {
			printTree(b, x, deeper)
		}
	case *Not:
		if s, ok := together(n.X); ok {
			line("not " + s)
			return
		}
		if p, ok := n.X.(*Pred); ok {
			line("not " + Print(p))
			return
		}
		line("not")
		printTree(b, n.X, deeper)
	default:
		line(Print(n))
	}
}

// together draws an And or Or of predicates that differ only in their literal
// as one: field contains all of ("a", "b").
func together(n Node) (string, bool) {
	var xs []Node
	word := " any of ("
	switch n := n.(type) {
	case *And:
		xs, word = n.X, " all of ("
	case *Or:
		xs = n.X
	}
	if len(xs) < 2 {
		return "", false
	}
	first, ok := xs[0].(*Pred)
	if !ok || first.Op == OpExists || first.Op == OpNull {
		return "", false
	}
	var literals []string
	for _, x := range xs {
		p, ok := x.(*Pred)
		if !ok || p.Op != first.Op || p.Field != first.Field || p.Term != first.Term || p.Fold != first.Fold || p.Part != first.Part {
			return "", false
		}
		literals = append(literals, p.literal())
	}
	return first.subject() + strings.TrimSuffix(first.Op.verb(), " ") + word + strings.Join(literals, ", ") + ")" + first.suffix(), true
}

// subject is the field a predicate tests.
func (n *Pred) subject() string {
	name := n.Field.Name()
	if n.Field.Field == 0 && n.Field.Path == "" {
		name = n.Name
	}
	switch {
	case n.Term != nil:
		name = n.Term.String()
	case n.Op == OpKeyword:
		name = "the event"
	}
	if n.Part != PartNone && int(n.Part) < len(partNames) {
		name = partNames[n.Part] + "(" + name + ")"
	}
	return name
}

var partNames = [...]string{PartMinute: "minute", PartHour: "hour", PartDay: "day", PartWeek: "week", PartMonth: "month", PartYear: "year"}

// verb is an operator with the blanks around it.
func (o Op) verb() string {
	if int(o) >= len(verbs) {
		return " ? "
	}
	return verbs[o]
}

var verbs = [...]string{
	0: " ? ", OpEq: " = ", OpContains: " contains ", OpPrefix: " starts with ", OpSuffix: " ends with ", OpGlob: " fits ",
	OpRegex: " matches ", OpCIDR: " in ", OpLt: " < ", OpLe: " <= ", OpGt: " > ", OpGe: " >= ", OpExists: " exists", OpNull: " is null",
	OpFieldEq: " = ", OpFieldPrefix: " starts with ", OpFieldSuffix: " ends with ", OpFieldContains: " contains ", OpKeyword: " contains ", OpInList: " in list ", OpMismatch: " has a value that does not match ",
}

// object is the literal of a predicate with what has to be said of it.
func (n *Pred) object() string { return n.literal() + n.suffix() }

func (n *Pred) literal() string {
	switch n.Op {
	case OpExists, OpNull:
		return ""
	case OpCIDR, OpInList:
		return n.Text
	case OpRegex, OpMismatch:
		return "/" + n.Text + "/"
	case OpFieldEq, OpFieldPrefix, OpFieldSuffix, OpFieldContains:
		if n.OtherTerm != nil {
			return n.OtherTerm.String()
		}
		return n.Other.Name()
	}
	if plainNumber.MatchString(n.Text) {
		return n.Text
	}
	return strconv.Quote(n.Text)
}

var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// suffix says that case matters, where it could be otherwise.
func (n *Pred) suffix() string {
	folds := []Op{OpEq, OpContains, OpPrefix, OpSuffix, OpGlob, OpFieldEq, OpFieldPrefix, OpFieldSuffix, OpFieldContains, OpKeyword}
	if n.Fold || !slices.Contains(folds, n.Op) || n.Op == OpEq && plainNumber.MatchString(n.Text) {
		return ""
	}
	return " cased"
}
