package policy

import "slices"

// Level is how much is recorded about a request.
type Level string

// The levels, from nothing to everything.
const (
	None            Level = "None"
	Metadata        Level = "Metadata"
	Request         Level = "Request"
	RequestResponse Level = "RequestResponse"
)

var levels = [...]Level{None, Metadata, Request, RequestResponse}

// Levels returns all levels, the one that records least first.
func Levels() []Level { return slices.Clone(levels[:]) }

// Rank orders levels: 0 for None to 3 for RequestResponse, -1 for what is no
// level.
func (l Level) Rank() int { return slices.Index(levels[:], l) }

// Below reports whether l records less than m.
func (l Level) Below(m Level) bool { return l.Rank() < m.Rank() }

// Stage is a point in the life of a request at which an event can be written.
type Stage string

// The stages, in order of time.
const (
	RequestReceived  Stage = "RequestReceived"
	ResponseStarted  Stage = "ResponseStarted" // of requests that run long: watch, exec
	ResponseComplete Stage = "ResponseComplete"
	Panic            Stage = "Panic"
)

var stages = [...]Stage{RequestReceived, ResponseStarted, ResponseComplete, Panic}

// Pos is a place in a policy file, from 1; the zero value is "nowhere".
type Pos struct{ Line, Col int }

// Policy is a whole policy. Of its rules the first that matches a request
// decides; what no rule matches is not recorded.
type Policy struct {
	// OmitStages are left out of every rule's events.
	OmitStages []Stage
	// OmitManagedFields leaves metadata.managedFields out of bodies where a
	// rule does not say otherwise.
	OmitManagedFields bool
	Rules             []Rule
}

// Rule says how much to record of the requests that it matches. A request
// matches when every list that is not empty has it.
type Rule struct {
	At    Pos
	Level Level
	Users []string
	// UserGroups matches who is in one of them.
	UserGroups []string
	// Verbs are those of Kubernetes, and HTTP methods in lower case for
	// requests that are about no resource.
	Verbs []string
	// Resources and Namespaces match requests about resources only; ""
	// in Namespaces is what stands in none.
	Resources  []GroupResources
	Namespaces []string
	// NonResourceURLs match other requests by their path, with * at the end
	// for any rest.
	NonResourceURLs []string
	OmitStages      []Stage
	// OmitManagedFields replaces the policy's where it is not nil.
	OmitManagedFields *bool
}

// GroupResources are resources of one API group.
type GroupResources struct {
	// Group is its name without a version, "" for the core group, "*" for
	// all.
	Group string
	// Resources are "pods", "pods/log", "pods/*" (pods and all below),
	// "*/scale" (below any) or "*"; none means all.
	Resources []string
	// ResourceNames are names of objects; none means all.
	ResourceNames []string
}
