package incident

import (
	"cmp"
	"slices"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// tell makes the incident of findings that belong together, given in order
// of time. The id and the links are the caller's to set.
func tell(findings []*detect.Finding, o Options) *Incident {
	inc := &Incident{
		Cluster: findings[0].Cluster, First: findings[0].First, Last: findings[0].Last,
		Root: findings[0], Findings: findings, Actors: actors(findings),
	}
	inc.Severity, inc.Reasons = judge(findings)
	inc.Requests = requests(findings)
	var tags []string
	rules := map[string]bool{}
	for _, f := range findings {
		if f.Last.After(inc.Last) {
			inc.Last = f.Last
		}
		if f.Severity >= rule.Medium && !rules[f.Rule.ID] {
			rules[f.Rule.ID] = true
			tags = append(tags, f.Rule.Tags...)
		}
	}
	inc.Tactics, inc.Techniques = attack.Tactics(tags), attack.Techniques(tags)
	worstFirst := slices.Clone(findings)
	slices.SortStableFunc(worstFirst, func(a, b *detect.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	inc.Targets, inc.TargetsTotal = targets(worstFirst, o.MaxTargets)
	inc.Pods = podsOf(worstFirst)
	inc.Risk, inc.Todo = risk(worstFirst), todo(worstFirst)
	steps, omitted := timeline(findings, o.MaxSteps)
	inc.Title = title(steps)
	inc.Timeline, inc.StepsOmitted = steps, omitted
	return inc
}

// requests counts the requests that findings are about, each once. Of
// findings that no longer know the identities of all theirs it is the least
// that there can be.
func requests(findings []*detect.Finding) int64 {
	seen := map[string]bool{}
	unknown := int64(0)
	for _, f := range findings {
		for _, uid := range f.EventUIDs {
			seen[uid] = true
		}
		unknown = max(unknown, f.Count-int64(len(f.EventUIDs)))
	}
	return int64(len(seen)) + unknown
}

// targets names what findings were about, each once.
func targets(worstFirst []*detect.Finding, limit int) (out []string, total int) {
	seen := map[string]bool{}
	for _, f := range worstFirst {
		o := Object(f)
		if o == "" || seen[o] || f.Count > 1 && aboutCaller(f.Rule) {
			continue
		}
		seen[o] = true
		if len(out) < limit {
			out = append(out, o)
		}
	}
	return out, len(seen)
}

// risk returns why the worst finding whose rule says so matters.
func risk(worstFirst []*detect.Finding) string {
	for _, f := range worstFirst {
		if f.Rule.Ext != nil && f.Rule.Ext.Risk != "" {
			return f.Rule.Ext.Risk
		}
	}
	return ""
}

// Bounds of Incident.Todo: more is not what one does first.
const (
	maxTodoRules = 3
	maxTodo      = 8
)

// todo returns the runbooks of the worst rules that are worth an incident, a
// step that several have once.
func todo(worstFirst []*detect.Finding) []string {
	var out []string
	rules := map[string]bool{}
	for _, f := range worstFirst {
		if f.Severity < rule.Medium || f.Rule.Ext == nil || len(f.Rule.Ext.Runbook) == 0 || rules[f.Rule.ID] {
			continue
		}
		rules[f.Rule.ID] = true
		for _, step := range f.Rule.Ext.Runbook {
			if len(out) < maxTodo && !slices.Contains(out, step) {
				out = append(out, step)
			}
		}
		if len(rules) == maxTodoRules {
			break
		}
	}
	return out
}
