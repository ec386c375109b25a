package torule

import (
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Draft is a rule as a query says it, without name and title.
type Draft struct {
	// Table is the table that the query reads.
	Table event.Class
	// Cond is what an event must be; nil for any event of the table.
	Cond *Cond
	// New are the fields whose values together must be new; none where the
	// query does not ask for what is seen for the first time.
	New []string
	// Count is set where the query counts events.
	Count *Count
	// Fields are the columns that the query shows; none for all.
	Fields []string
	// Notes say what of the query the rule leaves out, and why.
	Notes []string
}

// Count is how many events make a finding.
type Count struct {
	// By are the fields by whose values events are counted apart.
	By []string
	// Of is the field whose different values are counted; "" counts events.
	Of string
	// Span is the time within which they are counted.
	Span time.Duration
	// Limits are what the number must be, by Sigma's words: gt, gte, lt, lte, eq.
	Limits []Limit
}

// Limit is one comparison of a number.
type Limit struct {
	Op string
	N  int64
}

// CondKind says what a Cond is.
type CondKind uint8

// The kinds of conditions.
const (
	Test CondKind = iota // Key and Values
	And                  // all of X
	Or                   // any of X
	Not                  // not X[0]
)

// Cond is a condition on one event.
type Cond struct {
	Kind CondKind
	X    []*Cond
	// Key is a field and Sigma's modifiers ("process.name|contains"); it holds
	// where any of Values does. Values are text, int64 or bool.
	Key    string
	Values []any
}

// Problems are the reasons why a query is no rule, in words.
type Problems []string

// Error implements error.
func (p Problems) Error() string { return strings.Join(p, "; ") }
