package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// titleActs is how many of its acts an incident's title tells: the worst.
const titleActs = 2

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
		b.WriteString(s.Text)
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

// sentenceActor names the one who is responsible, and as whom it acted.
func sentenceActor(f *detect.Finding) string {
	p := principalOf(f)
	if as := impersonated(f); as != "" {
		return fmt.Sprintf("%s, as %s,", p, parsePrincipal(as))
	}
	return p.String()
}

// worstSteps returns the steps that a title tells, in order of time: the most
// severe, among them those that reach different tactics, later in the matrix
// first, since the end of a chain says most.
func worstSteps(steps []Step) []Step {
	order := make([]int, len(steps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(steps[b].Severity, steps[a].Severity), cmp.Compare(lastTactic(steps[b]), lastTactic(steps[a])))
	})
	var chosen []int
	told := map[string]bool{}
	tactics := map[int]bool{}
	for _, fresh := range []bool{true, false} {
		for _, i := range order {
			t := lastTactic(steps[i])
			if len(chosen) < titleActs && !told[steps[i].Text] && (!fresh || !tactics[t]) {
				chosen = append(chosen, i)
				told[steps[i].Text], tactics[t] = true, true
			}
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
