// Package expr is the predicate language that every rule language becomes: a
// tree of typed predicates over the fields of one event.
//
// A tree is plain data: it can be printed, compared and compiled. Two ways of
// running it exist and agree: [Program] here evaluates one tree at a time and
// is the definition of what a tree means; package detect evaluates thousands
// at once.
package expr

import "github.com/lynceus-io/lynceus/event"

// Pos is a place in a rule file. The zero value is "unknown".
type Pos struct {
	Line, Col int // from 1
}

// Node is a tree: [And], [Or], [Not], [Const] or [Pred].
type Node interface {
	// Pos says where the rule file says it.
	Pos() Pos
	node()
}

// And is true when every X is; an empty And is true.
type And struct {
	At Pos
	X  []Node
}

// Or is true when some X is; an empty Or is false.
type Or struct {
	At Pos
	X  []Node
}

// Not is true when X is false. There is no third value: a predicate on an
// absent field is false, and its Not is true.
type Not struct {
	At Pos
	X  Node
}

// Const is true or false.
type Const struct {
	At    Pos
	Value bool
}

// Pred is one test of one field against one literal. A field with several
// values (a list, or a path through arrays) satisfies a Pred when at least
// one value does.
type Pred struct {
	At    Pos
	Field event.Ref // zero when Op is OpKeyword
	// Term is tested in place of Field when it is set; Field is then one of
	// the fields that it reads.
	Term *Term
	// Name is the field as the rule wrote it, for messages.
	Name string
	Op   Op
	// Text is the literal: text to compare with, a glob, a regular expression
	// (RE2), a CIDR block, a number in decimal, the name of a list.
	Text string
	// Other is the second field of OpFieldEq, OpFieldPrefix, OpFieldSuffix
	// and OpFieldContains.
	Other event.Ref
	// OtherTerm stands in place of Other when it is set.
	OtherTerm *Term
	// Fold compares without regard to case (Unicode simple folding).
	Fold bool
	// Part makes a number of a Time field's value before it is compared; only
	// with OpEq and the orderings.
	Part TimePart
}

// Pos implements Node.
func (n *And) Pos() Pos { return n.At }

// Pos implements Node.
func (n *Or) Pos() Pos { return n.At }

// Pos implements Node.
func (n *Not) Pos() Pos { return n.At }

// Pos implements Node.
func (n *Const) Pos() Pos { return n.At }

// Pos implements Node.
func (n *Pred) Pos() Pos { return n.At }

func (*And) node()   {}
func (*Or) node()    {}
func (*Not) node()   {}
func (*Const) node() {}
func (*Pred) node()  {}

// Op is what a predicate tests.
type Op uint8

// The operators. What each does with each type of value stands in
// docs/predicates.md.
const (
	OpEq            Op = iota + 1 // equal: as text, or as number where the value is one and the literal reads as one
	OpContains                    // the literal is part of the value
	OpPrefix                      // the value starts with the literal
	OpSuffix                      // the value ends with the literal
	OpGlob                        // the whole value matches a pattern of literals, * (any run) and ? (any one); \ takes the next as it is
	OpRegex                       // some part of the value matches the regular expression
	OpCIDR                        // the value is an address inside the block
	OpLt                          // number less than
	OpLe                          // number at most
	OpGt                          // number greater than
	OpGe                          // number at least
	OpExists                      // the field is present, be it empty or null
	OpNull                        // the field is absent, or a value of it is null in the raw document
	OpFieldEq                     // equal to a value of Other
	OpFieldPrefix                 // starts with a value of Other
	OpFieldSuffix                 // ends with a value of Other
	OpFieldContains               // contains a value of Other
	OpKeyword                     // some text anywhere in the event contains the glob Text
	OpMismatch                    // the regular expression matches no part of the value
	OpInList                      // the value is in the list named Text, such as a threat feed
)

// TimePart is a part of a point in time, in UTC.
type TimePart uint8

// The parts; PartNone leaves the time as it is.
const (
	PartNone TimePart = iota
	PartMinute
	PartHour
	PartDay   // of the month, from 1
	PartWeek  // ISO 8601 week, from 1
	PartMonth // from 1
	PartYear
)
