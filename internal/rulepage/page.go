package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

const head = `# Detections

Generated from the rules in ` + "`rules/`" + `; do not edit. Each rule's file says what it finds, why that matters, what to do, when it is wrong about it, and has
tests of its own; [rules/README.md](../rules/README.md) says how they are written. *Severity* is that of the behaviour done once with success, by somebody of whom nothing
more is known; *to* are those that circumstances give it. Rules that only feed others are left out.
`

// page lists rules by topic, the most severe first.
func page(list []*rule.Rule) []byte {
	var b bytes.Buffer
	b.WriteString(head)
	topics := map[string][]*rule.Rule{}
	for _, r := range list {
		if !r.Silent {
			topics[topicOf(r)] = append(topics[topicOf(r)], r)
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(topics)) {
		of := topics[topic]
		slices.SortFunc(of, func(x, y *rule.Rule) int {
			return cmp.Or(cmp.Compare(y.Severity, x.Severity), cmp.Compare(x.Name, y.Name))
		})
		fmt.Fprintf(&b, "\n## %s\n\n| rule | severity | to | tactics | techniques | file |\n|---|---|---|---|---|---|\n", topic)
		for _, r := range of {
			fmt.Fprintf(&b, "| **%s**<br>`%s` | %s | %s | %s | %s | [%s](../%s) |\n", cell(r.Title), r.Name, r.Severity, reach(r),
				tactics(r), techniques(r), path.Base(r.Source.File), r.Source.File)
		}
	}
	return b.Bytes()
}

// topicOf returns the directory of a rule: "audit/rbac".
func topicOf(r *rule.Rule) string {
	return strings.TrimPrefix(path.Dir(r.Source.File), "rules/")
}

// reach names the severities that adjustments set or raise to.
func reach(r *rule.Rule) string {
	if r.Ext == nil {
		return ""
	}
	low, high := r.Severity, r.Severity
	for _, a := range r.Ext.Severity {
		s := a.Set
		if s == 0 {
			s = r.Severity.Raise(a.Raise)
		}
		low, high = min(low, s), max(high, s)
	}
	switch {
	case low == high:
		return ""
	case low == r.Severity:
		return high.String()
	case high == r.Severity:
		return low.String()
	}
	return low.String() + ", " + high.String()
}

func tactics(r *rule.Rule) string {
	var out []string
	for _, t := range attack.Tactics(r.Tags) {
		out = append(out, t.Name)
	}
	return strings.Join(out, ", ")
}

func techniques(r *rule.Rule) string {
	var out []string
	for _, t := range attack.Techniques(r.Tags) {
		out = append(out, fmt.Sprintf("[%s](%s)", t.ID, t.URL()))
	}
	return strings.Join(out, ", ")
}

// cell makes text fit for a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
