package detect

import (
	"time"

	"github.com/lynceus-io/lynceus/rule"
)

// Finding is what a rule found: a rule, an actor, a target and a window.
// Repeats within the window count. It stands alone: it shares no memory with
// the events it came from.
type Finding struct {
	ID   string // hash of rule, actor, target and window: equal from run to run
	Rule *rule.Rule
	// Severity after all adjustments, the highest of its matches.
	Severity rule.Severity
	// Reasons say in words why the severity differs from the rule's.
	Reasons     []string
	Cluster     string
	First, Last time.Time // event time of its matches
	Count       int64     // requests (not stages) that matched
	Failed      int64     // of those, the ones that were refused or failed
	// AuditIDs of the requests, in order of time, at most the configured
	// number; AuditIDsTotal counts all.
	AuditIDs      []string
	AuditIDsTotal int64
	// EventUIDs are the identities of the same events, cut off likewise.
	EventUIDs []string
	Actor     Actor
	Target    Target
	// Evidence are the values of the fields that the rule names as worth
	// showing, of its first match.
	Evidence []Value
	Novelty  []NoveltyAnswer
	// Parts are the ids of the findings that a correlation joined.
	Parts []string
	// Summary marks the finding that counts the further matches of a rule
	// which was muted for making too many findings. Its actor and target are
	// what those matches have in common.
	Summary bool
	// Denied marks a finding of something that Lynceus itself stopped. No
	// exclusion keeps it from being told.
	Denied bool
}

// Actor is who did it.
type Actor struct {
	User           string   `json:"user,omitempty"`
	UID            string   `json:"uid,omitempty"`
	Groups         []string `json:"groups,omitempty"`
	RealUser       string   `json:"real_user,omitempty"` // who signed in, where somebody else was impersonated
	IPs            []string `json:"ips,omitempty"`       // addresses of the last hop, sorted, at most MaxActorTexts
	UserAgents     []string `json:"user_agents,omitempty"`
	ServiceAccount string   `json:"service_account,omitempty"` // namespace/name
	TokenPod       string   `json:"token_pod,omitempty"`       // pod the token is bound to; not the caller
	TokenPodUID    string   `json:"token_pod_uid,omitempty"`
	TokenWorkload  string   `json:"token_workload,omitempty"`  // pod group of that pod, as Kind/name
	TokenWriter    string   `json:"token_writer,omitempty"`    // who wrote that
	CallerPod      string   `json:"caller_pod,omitempty"`      // namespace/name of the pod that had the address
	CallerWorkload string   `json:"caller_workload,omitempty"` // pod group of that pod, as Kind/name
	CredentialID   string   `json:"credential_id,omitempty"`
	Outside        string   `json:"outside,omitempty"` // yes, no or unknown
}

// Target is what it was done to.
type Target struct {
	Verb        string `json:"verb,omitempty"`
	Group       string `json:"group,omitempty"`
	Resource    string `json:"resource,omitempty"`
	Subresource string `json:"subresource,omitempty"`
	Namespace   string `json:"namespace,omitempty"`
	Name        string `json:"name,omitempty"`
	URI         string `json:"uri,omitempty"` // where there is no object
	Command     string `json:"command,omitempty"`
	Workload    string `json:"workload,omitempty"` // of a pod: its pod group, as Kind/name
	Writer      string `json:"writer,omitempty"`   // of a pod: who wrote that
	Node        string `json:"node,omitempty"`     // on which it happened, where a node saw it
}

// Value is one field of the first match, as text.
type Value struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// NoveltyAnswer is what the memory said: "new", "known" or "not enough
// history".
type NoveltyAnswer struct {
	Key    string `json:"key"` // the fields, joined by commas
	Answer string `json:"answer"`
}
