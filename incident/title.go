package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// title says who did what, from where: "jane listed all secrets, then bound
// cluster-admin to jane, from 203.0.113.66".
func title(steps []Step) string {
	chosen := worstSteps(steps)
	var b strings.Builder
	var actor string
	var from []string
	for i, s := range chosen {
		f := s.act.findings[0]
		who := sentenceActor(f)
		if i > 0 {
			b.WriteString(", then ")
		}
		if who != actor {
			b.WriteString(who + " ")
		}
		b.WriteString(s.Text + remark(s))
		actor = who
		if s.External && !slices.Contains(from, s.From) {
			from = append(from, s.From)
		}
	}
	switch len(from) {
	case 0:
	case 1:
		b.WriteString(", from " + from[0])
	default:
		b.WriteString(", from " + strings.Join(from, " and "))
	}
	return b.String()
}

// remark is the title of the worst rule in brackets, where the words for the
// act do not say what is wrong with it: making a pod is not, making a
// privileged one is.
func remark(s Step) string {
	f := s.act.findings[0]
	t := &f.Target
	_, spoken := subresourcePhrases[t.Subresource]
	switch {
	case t.Resource == "" && t.URI == "", spoken && t.Subresource != "", resourcePhrases[t.Resource] != "":
		return ""
	case t.Resource == "secrets", strings.HasPrefix(t.Verb, "delete"), bindings[t.Resource] && len(evidence(f, evidenceRole)) > 0:
		return ""
	}
	return " (" + lowerFirst(clip(s.worst)) + ")"
}

// lowerFirst returns a title as it stands within a sentence: a name such as
// CronJob or DNS keeps its capitals.
func lowerFirst(title string) string {
	word, _, _ := strings.Cut(title, " ")
	if len(word) < 2 || strings.ToLower(word[1:]) != word[1:] {
		return title
	}
	return strings.ToLower(title[:1]) + title[1:]
}

// sentenceActor names the one who is responsible, and as whom it acted.
func sentenceActor(f *detect.Finding) string {
	p := principalOf(f)
	if as := impersonated(f); as != "" {
		return fmt.Sprintf("%s, as %s,", p, parsePrincipal(as))
	}
	return p.String()
}

// worstSteps returns the steps that a title tells, one or two, in order of
// time. The first choice is the most severe, of the latest tactic: the end of
// a chain says most. The second is one that adds most to it: of another actor
// if it is nearly as severe, else of another tactic. What is below medium is
// told in the timeline only.
func worstSteps(steps []Step) []Step {
	order := make([]int, len(steps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &steps[a], &steps[b]
		return cmp.Or(cmp.Compare(y.Severity, x.Severity), cmp.Compare(telling(y.act.findings[0]), telling(x.act.findings[0])), cmp.Compare(lastTactic(*y), lastTactic(*x)))
	})
	worst := order[0]
	chosen := []int{worst}
	for _, fits := range []func(Step) bool{
		func(s Step) bool {
			return s.Actor != steps[worst].Actor && s.Severity >= rule.High && s.Severity >= steps[worst].Severity.Raise(-1)
		},
		func(s Step) bool { return s.Severity >= rule.Medium && lastTactic(s) != lastTactic(steps[worst]) },
		func(s Step) bool { return s.Severity >= rule.Medium },
	} {
		i := slices.IndexFunc(order, func(i int) bool { return steps[i].Text != steps[worst].Text && fits(steps[i]) })
		if i >= 0 {
			chosen = append(chosen, order[i])
			break
		}
	}
	slices.Sort(chosen)
	out := make([]Step, len(chosen))
	for i, c := range chosen {
		out[i] = steps[c]
	}
	return out
}

// lastTactic is the place in the matrix of the latest tactic that a step's
// rule names; -1 without one.
func lastTactic(s Step) int {
	ts := attack.Tactics(s.act.findings[0].Rule.Tags)
	if len(ts) == 0 {
		return -1
	}
	return ts[len(ts)-1].Rank()
}
