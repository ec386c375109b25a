package rawjson

import (
	"strconv"
	"strings"
)

// A StepKind says what a Step goes into.
type StepKind uint8

// The kinds of steps.
const (
	StepKey    StepKind = iota // the member called Name
	StepAnyKey                 // every member
	StepIndex                  // the array element at Index
)

// A Step goes from a value to values inside it. Arrays need no step: every
// step but StepIndex goes into all elements of an array it meets, and of
// arrays inside that.
type Step struct {
	Kind StepKind
	// Name of the member. Names of neighbouring steps that are not Exact are
	// also found joined by dots: the steps a, b find the member b of a and
	// the member "a.b".
	Name string
	// Exact keeps Name from being joined with its neighbours.
	Exact bool
	// Index counts from 0, or with -1 for the last element from the end.
	Index int
}

// Key returns the step into the member called exactly name.
func Key(name string) Step { return Step{Kind: StepKey, Name: name, Exact: true} }

// AnyKey returns the step into every member of an object.
func AnyKey() Step { return Step{Kind: StepAnyKey} }

// Index returns the step into one element of an array.
func Index(i int) Step { return Step{Kind: StepIndex, Index: i} }

// A Path leads from the root of a document to values in it. The empty path
// leads to the root.
type Path []Step

// String writes the path as ParsePath reads it.
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		switch {
		case s.Kind == StepIndex:
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		case s.Kind == StepKey && (s.Exact || !isBare(s.Name)):
			b.WriteString("['" + quoteName.Replace(s.Name) + "']")
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			if s.Kind == StepAnyKey {
				b.WriteByte('*')
			} else {
				b.WriteString(s.Name)
			}
		}
	}
	return b.String()
}

var quoteName = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// isBare reports whether a name can be written without quotes.
func isBare(name string) bool {
	return name != "" && name != "*" && !strings.ContainsAny(name, ".[]'\"")
}
