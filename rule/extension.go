package rule

import (
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// Extension is the lynceus block of a Sigma document: what Sigma cannot say.
// Its form is docs/lynceus-block.md and rule/sigma/lynceus-block.schema.json.
type Extension struct {
	// Risk says in plain words why it matters.
	Risk string
	// Runbook is what to do, step by step.
	Runbook []string
	// Actor and Target are the fields whose values tell one finding of the
	// rule from another. Defaults stand in package detect.
	Actor, Target []event.Ref
	// Window is how long equal matches are one finding; 0 means the default.
	Window time.Duration
	// Severity are changes to the rule's severity, tried in order; all that
	// hold apply.
	Severity []Adjust
	// New restricts the rule to what is new: it matches only where the
	// novelty answers "new".
	New *Novelty
	// Tests are the rule's own.
	Tests []Test
}

// Adjust changes the severity of one match when its conditions hold.
type Adjust struct {
	At expr.Pos
	// If is a condition over the document's selections; nil always holds.
	If expr.Node
	// Novel must answer "new", when set.
	Novel *Novelty
	// Set replaces the severity when not 0; else Raise adds steps.
	Set   Severity
	Raise int
	// Why is shown with the finding: "first time in the cluster".
	Why string
}

// Novelty is a question about the past: was this combination of values seen
// before? It has three answers: new, known, and not enough history.
type Novelty struct {
	// Key are the fields whose values together are new or known. What a rule
	// remembers is its own matches: two rules do not share their memory.
	Key []event.Ref
	// Within are the fields that open a memory of their own, each of which
	// must have enough history: a service account, a namespace. Empty means
	// the cluster.
	Within []event.Ref
	// MinHistory is how much time the memory must span before it answers
	// "new"; 0 means the default.
	MinHistory time.Duration
}

// Test is a case of a rule's own tests.
type Test struct {
	At   expr.Pos
	Name string
	// Match says whether the rule must make a finding.
	Match bool
	// Severity the finding must have; 0 for any.
	Severity Severity
	// History are documents learned before, Events those judged, as JSON:
	// audit.k8s.io/v1 for the audit table, for others what package event/jsonl
	// writes.
	History, Events [][]byte
	// Feeds are named address lists for the test.
	Feeds map[string][]string
}
