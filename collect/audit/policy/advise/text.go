package advise

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// width is that of comments in a generated policy.
const width = 110

// YAML writes the policy with its reasons as comments.
func (g *Generated) YAML() string {
	head := wrap(fmt.Sprintf("Audit policy for the %d detections of Lynceus it was made for, profile %s. Made by lynceus audit-policy generate; the first rule that matches a request decides.", g.Detections, g.Profile))
	if len(g.Limited) > 0 {
		head = append(head, wrap("These see less than they could, since bodies of secrets and tokens are never recorded: "+strings.Join(g.Limited, ", ")+".")...)
	}
	if misses := g.Misses(); len(misses) > 0 {
		head = append(head, wrap("What is dropped as noise, the detections that watch all requests do not see: "+strings.Join(misses, ", ")+".")...)
	}
	comments := make([]policy.Comment, len(g.Entries))
	for i, e := range g.Entries {
		comments[i] = e.comment()
	}
	return policy.Print(g.Policy, head, comments)
}

// comment says why an entry is there, and who needs it.
func (e *Entry) comment() policy.Comment {
	c := wrap(e.Why)
	if len(e.Rules) > 0 {
		c = append(c, wrap("Needed by: "+strings.Join(e.Rules, ", ")+".")...)
	}
	return c
}

// Misses are names of detections that watch all requests and do not see what
// the policy drops.
func (g *Generated) Misses() []string {
	all := map[string]bool{}
	for _, e := range g.Entries {
		for _, name := range e.Misses {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// wrap breaks a text into lines of comments.
func wrap(text string) (out policy.Comment) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			out, line = append(out, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}
