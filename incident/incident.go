// Package incident puts findings that belong together into one story.
//
// Two findings belong together when they share an identity that is stable (an
// acting user or credential, a service account, an external address that few
// identities use), or when one made the other possible (a pod was entered and
// its token used, a role was bound and its subject acted, a workload was
// created and entered), and they lie close in time. What many share does not
// join: loopback, inside addresses, a shared proxy, a node, the components of
// the control plane, anonymous callers.
//
// What joins is decided by [Build] alone, from findings alone: the same
// findings give the same incidents, with the same ids.
package incident

import (
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// Incident is a story: findings that belong together, and what they say as a
// whole. It refers to the findings it was built from and must not outlive a
// change of them.
type Incident struct {
	// ID is a hash of the oldest finding's id: equal from run to run, and
	// kept when younger findings join.
	ID string
	// Title says in one line who did what, from where.
	Title string
	// Severity is the highest of the findings, one step higher where they
	// chain; Reasons say why it differs.
	Severity rule.Severity
	Reasons  []string
	Cluster  string
	// First and Last are the event times between which it happened.
	First, Last time.Time
	// Requests counts the requests of all findings, each once. Where a finding
	// keeps the identities of some of its requests only, there may be more.
	Requests int64
	// Tactics in the order of the matrix; Techniques in order of their ids.
	// They are those of the findings of at least medium.
	Tactics    []attack.Tactic
	Techniques []attack.Technique
	// Actors, the one with the worst findings first.
	Actors []Actor
	// Pods that acted, whose tokens were used, or that were acted upon and of
	// which more is known than the name; at most 16.
	Pods []Pod
	// Targets, the worst first, at most Options.MaxTargets; TargetsTotal
	// counts all.
	Targets      []string
	TargetsTotal int
	// Risk says why it matters: the words of the worst finding's rule.
	Risk string
	// Timeline is what happened, in order; StepsOmitted counts the least
	// severe steps beyond Options.MaxSteps.
	Timeline     []Step
	StepsOmitted int
	// Todo is what to do first, from the runbooks of the worst findings.
	Todo []string
	// Links say what put the findings together.
	Links []string
	// Root is the oldest finding.
	Root *detect.Finding
	// Findings in order of time.
	Findings []*detect.Finding
}

// Actor is one who took part.
type Actor struct {
	// Name is the user, or namespace/name of a service account.
	Name string
	Kind Kind
	// As are the users it impersonated.
	As []string
	// Addresses it came from, the external ones first, each list sorted.
	Addresses []string
	// Outside is yes when some of its findings came from outside the
	// cluster's networks, else no or unknown.
	Outside    string
	UserAgents []string
	// Severity of its worst finding, and how many it has.
	Severity rule.Severity
	Findings int
}

// Step is one line of the timeline: a finding, several rules' findings of one
// request, or a run of findings of the same rules and actor.
type Step struct {
	First, Last time.Time
	Severity    rule.Severity
	Actor       string   // as Actor.Name
	As          string   // the user it impersonated, if any
	Text        string   // what was done, without the actor: "listed all secrets"
	Titles      []string // of the rules
	Findings    []string // their ids
	Count       int64    // requests, of the finding that has most
	Failed      int64    // of those, the ones that were refused or failed
	Varied      bool     // the requests may be about several objects, of which Text tells the first
	From        string   // external address, where there is one
	External    bool     // the request came from outside
	act         act
	worst       string // title of the rule of its worst finding
}
