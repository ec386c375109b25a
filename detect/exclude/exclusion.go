package exclude

import (
	"errors"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
)

// How long an exclusion lasts.
const (
	DefaultLife = 30 * 24 * time.Hour
	MaxLife     = 366 * 24 * time.Hour
)

// Exclusion keeps findings from being told. It covers a finding when one of
// its rules made it and every condition of its scope holds.
type Exclusion struct {
	ID      string    `json:"id"`
	Rules   []string  `json:"rules"` // ids
	Scope   Scope     `json:"scope"`
	Reason  string    `json:"reason"`
	Author  string    `json:"author"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	// Finding is the id of the finding that it was made from, "" for none.
	Finding string `json:"finding,omitempty"`
}

// Scope narrows an exclusion. Each member that is not empty is a condition;
// without any, all findings of the rules are covered.
type Scope struct {
	Cluster      string `json:"cluster,omitempty"`       // k8s.cluster
	Namespace    string `json:"namespace,omitempty"`     // k8s.namespace
	WorkloadKind string `json:"workload_kind,omitempty"` // k8s.workload_kind: Deployment, ...
	Workload     string `json:"workload,omitempty"`      // k8s.workload: the name of the pod group
	User         string `json:"user,omitempty"`          // actor.user.name
	// Fields are exact values of any other field of the registry that the
	// finding shows.
	Fields []Condition `json:"fields,omitempty"`
}

// Condition holds when a field has exactly a value: upper and lower case
// differ, and nothing is a wildcard. Of a list, actor.user.groups, it holds
// when one word is the value; of the addresses and user agents of several
// requests, when all of them are.
type Condition struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// Conditions returns all conditions of the scope by the names of the registry.
func (s *Scope) Conditions() []Condition {
	var out []Condition
	for _, c := range []Condition{
		{"k8s.cluster", s.Cluster}, {"k8s.namespace", s.Namespace}, {"k8s.workload_kind", s.WorkloadKind}, {"k8s.workload", s.Workload},
		{"actor.user.name", s.User},
	} {
		if c.Value != "" {
			out = append(out, c)
		}
	}
	return append(out, s.Fields...)
}

// Active reports whether the exclusion is in force at a time.
func (e *Exclusion) Active(now time.Time) bool { return now.Before(e.Expires) }

// ErrNoFinding says that no finding has an id.
var ErrNoFinding = errors.New("no finding has this id")

// Propose makes an exclusion of what a finding is about, for its author to
// narrow, widen and give a reason: the finding's rule, and every field by
// which the rule tells its findings apart. It covers repeats of the finding.
func Propose(f *detect.Finding) Exclusion {
	e := Exclusion{Rules: []string{f.Rule.ID}, Finding: f.ID, Scope: Scope{Cluster: f.Cluster}}
	if f.Rule.Correlation != nil {
		e.Scope.User, e.Scope.Namespace = f.Actor.User, f.Target.Namespace
		return e
	}
	actor, target := detect.Keys(f.Rule)
	for _, refs := range [][]event.Ref{actor, target} {
		for _, ref := range refs {
			e.Scope.add(ref.Name(), shown(f, ref.Name()))
		}
	}
	return e
}

// add gives the scope one more condition, unless value is empty.
func (s *Scope) add(field, value string) {
	switch {
	case value == "":
	case field == "k8s.namespace":
		s.Namespace = value
	case field == "actor.user.name":
		s.User = value
	case field == "k8s.workload":
		s.Workload = value
	case field == "k8s.workload_kind":
		s.WorkloadKind = value
	default:
		s.Fields = append(s.Fields, Condition{field, value})
	}
}
