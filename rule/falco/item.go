package falco

import "github.com/lynceus-io/lynceus/rule"

// list is a named list of values.
type list struct {
	name  string
	place place
	items []string
	used  bool

	flat  []string // items, those of other lists written out
	state visit
}

// macro is a named condition.
type macro struct {
	name  string
	place place
	cond  text
	// defined and changed order macros: one may refer to those that were
	// defined before it was changed last.
	defined, changed int
	used             bool

	body node // nil where it is broken
}

// visit is how far something that may refer to others of its kind was looked
// at.
type visit uint8

const (
	unvisited visit = iota
	visiting
	visited
)

// item is a rule as its file and those that change it say.
type item struct {
	name       string
	place      place
	cond       text
	output     text
	desc       string
	priority   priority
	source     string
	tags       []string
	enabled    bool
	exceptions []*exception
	// skipUnknown: a field that nobody knows makes the rule be left out,
	// instead of being an error.
	skipUnknown bool
	// warnTypes: a condition that is not limited to some types of events is
	// worth a warning.
	warnTypes bool
	// unknown: the source of its events is none of Lynceus'.
	unknown bool
	// broken: an error was told.
	broken bool
}

// exception is a set of conditions under which a rule does not hold.
type exception struct {
	name   string
	place  place
	fields entry
	comps  entry
	values []entry
}

// entry is a text or a list of entries.
type entry struct {
	place  place
	isList bool
	text   string
	list   []entry
}

// given reports whether the file says anything there.
func (e entry) given() bool { return e.isList || e.text != "" }

// Result is what a set of files became.
type Result struct {
	// Rules can be run. A rule whose events may be rows of several tables
	// stands here once for each, with one id.
	Rules []*rule.Rule
	// Compiled are sound rules that ask for what is not there. They have no
	// place in a rule set.
	Compiled []*rule.Rule
	// Unsupported names what keeps sound rules from being run, Errors what is
	// broken, Warnings what runs, though perhaps not as it was meant.
	Unsupported, Errors, Warnings []*rule.Problem
	// Items counts the rules in the files, those that only change others not
	// among them.
	Items int
}
