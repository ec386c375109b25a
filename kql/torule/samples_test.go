package torule_test

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/torule"
)

func TestSamples(t *testing.T) {
	for _, tt := range []struct {
		query, matching string
		others          []string
	}{
		{`audit`, `audit`, nil},
		{`audit | take 3`, `audit`, nil},
		{`let w = "x"; audit | where resource.type == w and k8s.namespace == "y" | project time | sort by time desc`,
			`let w = "x"; audit | where resource.type == w and k8s.namespace == "y"`,
			[]string{`let w = "x"; audit | where (resource.type == w) and not(k8s.namespace == "y")`, `let w = "x"; audit | where not(resource.type == w and k8s.namespace == "y")`}},
		{`audit | where resource.type == "x" | extend who = actor.user.name | where who == "ann" | summarize n = count() by who | where n > 3`,
			`audit | where resource.type == "x" | extend who = actor.user.name | where who == "ann"`,
			[]string{`audit | where resource.type == "x" | extend who = actor.user.name | where not(who == "ann")`}},
		{`audit | where resource.type == "x" and time > ago(1h)`, `audit | where resource.type == "x" and time > ago(1h)`,
			[]string{`audit | where not(resource.type == "x" and time > ago(1h))`}},
	} {
		s, err := torule.SamplesOf(tt.query)
		if err != nil || s.Matching != tt.matching || strings.Join(s.Others, "\n") != strings.Join(tt.others, "\n") {
			t.Errorf("%s: %+v, %v", tt.query, s, err)
		}
		for _, q := range append(s.Others, s.Matching) {
			if _, err := kql.Compile(q+" | take 1", kql.Options{Now: now}); err != nil {
				t.Errorf("%s: %v", q, err)
			}
		}
	}
}
