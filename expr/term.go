package expr

import (
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// Term is what a predicate may test in place of a field: something computed
// from the values of fields. It is plain data; two predicates of one Term are
// computed once. A Term is absent where what it is computed of is.
type Term struct {
	Fn Fn
	// Ref is the field of FnField, Text the text of FnText.
	Ref  event.Ref
	Text string
	// Args are what the other functions are computed of.
	Args []*Term
}

// Fn is how a Term is computed.
type Fn uint8

// The functions. Those with one argument change each of its values.
const (
	FnField     Fn = iota // the values of a field
	FnText                // a text
	FnLower               // ASCII letters in lower case
	FnUpper               // ASCII letters in upper case
	FnBase                // what follows the last slash
	FnBase64              // the bytes that standard base64 stands for; values that are none are left out
	FnDirectory           // ended by a slash, but for what is empty
	FnLength              // how many bytes the one value has, or how many values there are
	FnConcat              // the values of the arguments, one after the other; absent where one has not exactly one value
	FnJoin                // all values of the arguments after the first, with the first between them
	FnFirst               // the values of the first argument that is present
	FnCommand             // command lines that begin with the names of their processes; of three arguments, see commands
)

var fnNames = [...]string{
	FnLower: "lower", FnUpper: "upper", FnBase: "base", FnBase64: "base64", FnDirectory: "directory", FnLength: "length",
	FnConcat: "concat", FnJoin: "join", FnFirst: "first", FnCommand: "command",
}

// String returns the term as predicates are printed.
func (t *Term) String() string {
	switch {
	case t.Fn == FnField:
		return t.Ref.Name()
	case t.Fn == FnText:
		return strconv.Quote(t.Text)
	case int(t.Fn) >= len(fnNames):
		return "?"
	}
	var args []string
	for _, a := range t.Args {
		args = append(args, a.String())
	}
	return fnNames[t.Fn] + "(" + strings.Join(args, ", ") + ")"
}

// Refs appends the fields that t reads.
func (t *Term) Refs(dst []event.Ref) []event.Ref {
	if t == nil {
		return dst
	}
	if t.Fn == FnField {
		return append(dst, t.Ref)
	}
	for _, a := range t.Args {
		dst = a.Refs(dst)
	}
	return dst
}

// Refs returns the fields that the predicate reads; none for OpKeyword.
func (n *Pred) Refs() []event.Ref {
	var out []event.Ref
	add := func(r event.Ref, t *Term) {
		switch {
		case t != nil:
			out = t.Refs(out)
		case r != event.Ref{}:
			out = append(out, r)
		}
	}
	add(n.Field, n.Term)
	add(n.Other, n.OtherTerm)
	return out
}
