package incident

import (
	"fmt"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// chainTactics is how many tactics, each reached by a rule of its own, make
// findings a chain.
const chainTactics = 3

// judge returns an incident's severity: the highest of its findings, and one
// step more where those of at least medium chain. One rule with many tags is
// no chain.
func judge(findings []*detect.Finding) (rule.Severity, []string) {
	var worst rule.Severity
	tactics := map[string]bool{}
	rules := map[string]bool{}
	for _, f := range findings {
		worst = max(worst, f.Severity)
		if f.Severity < rule.Medium || rules[f.Rule.ID] {
			continue
		}
		if ts := attack.Tactics(f.Rule.Tags); len(ts) > 0 {
			rules[f.Rule.ID] = true
			for _, t := range ts {
				tactics[t.ID] = true
			}
		}
	}
	if len(tactics) < chainTactics || len(rules) < chainTactics || worst == rule.Critical {
		return worst, nil
	}
	return worst.Raise(1), []string{fmt.Sprintf("%d tactics follow one another", len(tactics))}
}
