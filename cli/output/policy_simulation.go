package output

import (
	"cmp"
	"fmt"
	"io"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/rule"
)

// SimulationWriter returns what writes a simulated policy for people.
func SimulationWriter(o TextOptions) func(io.Writer, *hub.Simulation) error {
	return func(w io.Writer, s *hub.Simulation) error {
		p := newPage(o)
		p.volume(s.Meter)
		p.line("")
		p.line(p.bold("findings"))
		p.field("recorded", findingCounts(s.Full.Findings))
		p.field("kept", findingCounts(s.Kept.Findings))
		for _, x := range s.Lost {
			p.simulated("lost", x.Finding, "")
		}
		for _, x := range s.Weaker {
			p.simulated("weaker", x.Finding, fmt.Sprintf(" (only %s)", x.Now))
		}
		for _, f := range s.New {
			p.simulated("new", f, "")
		}
		p.line("")
		verdict := fmt.Sprintf("%s lost, %d less severe", amount(int64(len(s.Lost)), "finding"), len(s.Weaker))
		if len(s.Costs()) == 0 {
			verdict = "no finding is lost, and none is less severe"
		}
		p.line(p.bold(verdict))
		return p.writeTo(w)
	}
}

func findingCounts(list []*detect.Finding) string {
	by := map[rule.Severity]int{}
	for _, f := range list {
		by[f.Severity]++
	}
	text := amount(int64(len(list)), "finding")
	for s := rule.Critical; s >= rule.Informational; s-- {
		if by[s] > 0 {
			text += fmt.Sprintf(", %d %s", by[s], s)
		}
	}
	return text
}

// simulated writes one finding that the policy changes.
func (p *page) simulated(word string, f *detect.Finding, more string) {
	p.hang(p.with(sgrYellow, word)+" ", len(word)+1, labelColumns, Clean(fmt.Sprintf("%s %s: %s%s", f.Severity, nameOrID(f.Rule), incident.Describe(f), more)), nil)
}

// nameOrID is what a rule is called by its author, else by its id.
func nameOrID(r *rule.Rule) string { return cmp.Or(r.Name, r.ID) }
