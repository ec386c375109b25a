package detect

import (
	"fmt"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// defaultSeverity is that of a rule which states none: it is shown, and
// claims nothing.
const defaultSeverity = rule.Medium

// maxAdjustments is how many adjustments a rule may have: one bit each, and
// one for the failure that no adjustment speaks of.
const (
	maxAdjustments = 63
	failedBit      = maxAdjustments
)

// adjust is one adjustment of a rule, compiled.
type adjust struct {
	tree  int // of the State's program; none when there is no If
	novel int // index in plan.novelties, or none
	set   rule.Severity
	raise int
	why   string
}

// none says that a plan has no such part.
const none = -1

// judge returns the severity of one match and, as bits, the adjustments that
// made it. holds has a bit for each adjustment whose If holds. First every
// set applies in order, then every raise; a failed attempt at what no
// adjustment speaks of is one step lower and at most low.
func (p *plan) judge(holds uint64, answers []Answer, failed bool) (sev rule.Severity, reasons uint64) {
	sev = p.severity
	raise := 0
	for i := range p.adjusts {
		a := &p.adjusts[i]
		if holds&(1<<i) == 0 || a.novel != none && answers[a.novel] != AnswerNew {
			continue
		}
		reasons |= 1 << i
		if a.set != 0 {
			sev = a.set
		} else {
			raise += a.raise
		}
	}
	if sev = sev.Raise(raise); failed && p.lowerFailed {
		if lower := min(sev.Raise(-1), rule.Low); lower != sev {
			sev, reasons = lower, reasons|1<<failedBit
		}
	}
	return sev, reasons
}

// why returns the words for reasons.
func (p *plan) why(reasons uint64) []string {
	var out []string
	for i := range p.adjusts {
		if reasons&(1<<i) != 0 && p.adjusts[i].why != "" {
			out = append(out, p.adjusts[i].why)
		}
	}
	if reasons&(1<<failedBit) != 0 {
		out = append(out, "the request failed")
	}
	return out
}

// outcomeFields say how a request ended. A rule that reads one of them has
// its own opinion of failures.
var outcomeFields = map[event.FieldID]bool{
	event.APIResponseCode.ID():    true,
	event.APIResponseError.ID():   true,
	event.APIResponseMessage.ID(): true,
	event.AuditDecision.ID():      true,
	event.Status.ID():             true,
}

// lowersFailed reports whether failed attempts at what r detects are lowered
// by default: it reads the audit log, has no priority of its author's own, and neither its condition nor a
// selection that an adjustment may use reads how the request ended.
func lowersFailed(r *rule.Rule) bool {
	if r.Table != event.ClassAudit || r.Expr == nil || r.Priority != "" {
		return false
	}
	reads := func(n expr.Node) bool {
		return readsField(n, func(ref event.Ref) bool {
			return outcomeFields[ref.Field] || hasPathPrefix(ref.Path, "responseStatus") ||
				hasPathPrefix(ref.Path, "annotations.authorization.k8s.io/decision")
		})
	}
	if reads(r.Expr) {
		return false
	}
	for _, n := range r.Selections {
		if reads(n) {
			return false
		}
	}
	if r.Ext != nil {
		for _, a := range r.Ext.Severity {
			if a.If != nil && reads(a.If) {
				return false
			}
		}
	}
	return true
}

// compileAdjusts appends r's adjustments to the plan and their conditions to
// the trees.
func (b *planner) compileAdjusts(p *plan, adjusts []rule.Adjust) error {
	if len(adjusts) > maxAdjustments {
		return fmt.Errorf("%d severity adjustments; a rule can have %d", len(adjusts), maxAdjustments)
	}
	for _, a := range adjusts {
		c := adjust{tree: none, novel: none, set: a.Set, raise: a.Raise, why: a.Why}
		if a.If != nil {
			c.tree = b.tree(p.index, a.If)
		}
		if a.Novel != nil {
			c.novel = b.novelty(p, a.Novel)
			if c.why == "" {
				c.why = "new: " + p.novelties[c.novel].name
			}
		}
		p.adjusts = append(p.adjusts, c)
	}
	return nil
}
