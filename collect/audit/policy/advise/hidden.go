package advise

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// hidden finds callers of whom nothing is recorded, and requests that no rule
// matches.
func (l *linter) hidden() {
	for i := range l.policy.Rules {
		r := &l.policy.Rules[i]
		if r.Level != policy.None || len(r.Resources)+len(r.NonResourceURLs)+len(r.Namespaces)+len(r.Verbs) > 0 {
			continue
		}
		who := "anybody"
		if len(r.Users)+len(r.UserGroups) > 0 {
			who = strings.Join(append(append([]string{}, r.Users...), r.UserGroups...), ", ")
		}
		l.add(l.at(i, policy.Warning, "hidden", fmt.Sprintf("it records nothing at all of %s: a stolen credential of theirs leaves no trace", who), "name the verbs and resources that are noise"))
	}
	l.anonymous()
	l.unmatched()
}

// anonymous finds what hides requests of those who did not sign in.
func (l *linter) anonymous() {
	told := map[int]bool{}
	for _, k := range l.needs.tried() {
		if k.caller.name != anonymous.name || k.resource == nil {
			continue
		}
		a := k.attributes()
		d := l.policy.Decide(&a)
		if d.Level != policy.None || told[d.Rule] || d.Rule < 0 {
			continue
		}
		told[d.Rule] = true
		text := fmt.Sprintf("it hides requests of system:anonymous, such as %s", k.String())
		for j := d.Rule + 1; j < len(l.policy.Rules); j++ {
			if later := &l.policy.Rules[j]; later.Level != policy.None && later.Matches(&a) {
				text += fmt.Sprintf(", which rules[%d] at line %d would record at %s", j, later.At.Line, later.Level)
				break
			}
		}
		l.add(l.at(d.Rule, policy.Warning, "anonymous", text, fmt.Sprintf("put {level: Metadata, userGroups: [%q]} before it", unauthenticated)))
	}
}

// unmatched finds requests that come to the end of the policy.
func (l *linter) unmatched() {
	for _, k := range l.needs.tried() {
		a := k.attributes()
		if l.policy.Decide(&a).Rule < 0 {
			l.add(policy.Problem{Severity: policy.Warning, Kind: "default", Path: "rules", Text: "what no rule matches is not recorded, such as " + k.String() + " by " + k.caller.title, Advice: "end with {level: Metadata}"})
			return
		}
	}
}

// String says what is asked for.
func (k *kind) String() string {
	if k.path != "" {
		return k.verb + " " + k.path
	}
	text := k.verb + " " + k.resource.String()
	if k.resource.Group != "" {
		text += " of " + k.resource.Group
	}
	if k.namespace != nil && *k.namespace != "" {
		text += " in " + *k.namespace
	}
	return text
}
