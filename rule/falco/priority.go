package falco

import (
	"strings"

	"github.com/lynceus-io/lynceus/rule"
)

// priority is one of Falco's, the most severe first.
type priority int

// priorities are Falco's words, as its alerts write them, and the severities
// they become (https://falco.org/docs/concepts/rules/basic-elements/#priority).
var priorities = [...]struct {
	word     string
	severity rule.Severity
}{
	{"Emergency", rule.Critical},
	{"Alert", rule.Critical},
	{"Critical", rule.Critical},
	{"Error", rule.High},
	{"Warning", rule.Medium},
	{"Notice", rule.Low},
	{"Informational", rule.Informational},
	{"Debug", rule.Informational},
}

// parsePriority reads a priority in any case; "info" is Informational.
func parsePriority(text string) (priority, bool) {
	if strings.EqualFold(text, "info") {
		text = "informational"
	}
	for i, p := range priorities {
		if strings.EqualFold(text, p.word) {
			return priority(i), true
		}
	}
	return 0, false
}
