package sift

// Row is what a list shows of a finding. Times are nanoseconds since 1970.
type Row struct {
	ID                    string
	First, Last, Received int64
	// Severity is 1 (informational) to 5 (critical).
	Severity      int
	Count, Failed int64
	Excluded      bool
	// Text has what it is told apart by.
	Text [Columns]string
	// Tactics of ATT&CK, in the order of the rule.
	Tactics []string
	// Decided is when its status was set last, 0 where nobody did.
	Decided int64
}

// Column is something that findings are told apart by.
type Column int

// The columns.
const (
	Rule Column = iota // id of the rule
	Title
	Cluster
	Namespace
	Workload
	Node
	User
	About
	Incident
	Status // open, investigating, closed
	Resolution
	Assignee
	// Columns is how many there are whose values are texts of a Row.
	Columns
)

// Those that are no text of a row: what is counted is made of other parts.
const (
	Level    = Columns + iota // its severity: informational to critical
	Tactic                    // each of several
	Joined                    // yes or no: it is part of an incident
	Excluded                  // yes or no
	all
)

// names are those of the API, in the order of the constants.
var names = [all]string{
	"rule", "title", "cluster", "namespace", "workload", "node", "user", "about", "incident", "status", "resolution", "assignee",
	"level", "tactic", "joined", "excluded",
}

// String returns the name of a column, as the API has it.
func (c Column) String() string { return names[c] }

// ColumnOf returns the column of a name.
func ColumnOf(name string) (Column, bool) {
	for c, n := range names {
		if n == name && n != "" {
			return Column(c), true
		}
	}
	return 0, false
}

// None stands in filters for what a finding has not: no node, no assignee.
const None = "-"
