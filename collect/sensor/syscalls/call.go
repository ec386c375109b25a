package syscalls

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// Call is a system call that is told.
type Call struct {
	Name string
	// Class is the table of its rows, Activity what they say was done.
	Class    event.Class
	Activity string
	// Parameters are its arguments in their order, those that are not shown included.
	Parameters []Parameter
	// Told says when it is told.
	Told Condition
}

// Parameter is an argument of a call.
type Parameter struct {
	Name string // as in events; nothing when it is not shown
	Kind Kind
}

// Condition is what makes a call worth a row.
type Condition struct {
	// Failed tells calls that failed, too; OnlyFailed no others.
	Failed, OnlyFailed bool
	// Families tells it only when its first descriptor is of a socket of one of these families (AF_INET and so on).
	Families []uint
	// Argument is the argument that must meet a condition, counted from 1; 0 when none must. ArgumentResult is what the
	// call returned.
	Argument int
	// Bits: one of them is set in it. Among: without Flags it is one of these numbers, which are less than 64.
	Bits, Flags uint64
	Among       []uint
}

// ArgumentResult is the Condition.Argument that stands for what a call returned.
const ArgumentResult = 7

// Lookup returns a call by its name.
func Lookup(name string) (*Call, bool) {
	c, ok := byName[name]
	return c, ok
}

// Opens are the names of the calls that open files.
func Opens() []string { return []string{"open", "openat", "openat2", "creat", "open_by_handle_at"} }

// line is a call as the table has it: its name, and its parameters as name:kind, with a dash for the name of one that
// is not shown.
type line struct {
	name, parameters string
	told             Condition
}

// group is calls whose rows look alike.
type group struct {
	class    event.Class
	activity string
	lines    []line
}

// byName has all calls.
var byName = index(fileCalls, processCalls, kernelCalls)

func index(tables ...[]group) map[string]*Call {
	out := map[string]*Call{}
	for _, table := range tables {
		for _, g := range table {
			for _, l := range g.lines {
				out[l.name] = &Call{Name: l.name, Class: g.class, Activity: g.activity, Parameters: parameters(l.parameters), Told: l.told}
			}
		}
	}
	return out
}

// parameters reads those of a line.
func parameters(text string) (out []Parameter) {
	for p := range strings.FieldsSeq(text) {
		name, kind, _ := strings.Cut(p, ":")
		out = append(out, Parameter{Name: strings.TrimSuffix(name, "-"), Kind: Kind(kind)})
	}
	return out
}
