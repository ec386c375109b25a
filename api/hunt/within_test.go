package hunt

import (
	"context"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// Whoever is limited is told that something is missing, and of whom where
// they see all of a cluster.
func TestCoverageWithin(t *testing.T) {
	all := &coverage.Statement{Sources: 7, Gaps: make([]coverage.Gap, 2), More: 3}
	if got := coverageWithin(scope.Scope{}, all); got != all {
		t.Errorf("without a limit: %+v", got)
	}
	limit := scope.Scope{Namespaces: []string{"shop"}}
	if got := coverageWithin(limit, all); got.Complete || len(got.Gaps) != 0 || got.More != 5 || got.Sources != 0 || got.Line() != "5 gaps" {
		t.Errorf("within a limit: %+v, %s", got, got.Line())
	}
	named := &coverage.Statement{Gaps: []coverage.Gap{{Key: coverage.Key{Cluster: "prod-1"}}, {Key: coverage.Key{Cluster: "test"}}, {}}, More: 1}
	for _, tt := range []struct {
		limit scope.Scope
		gaps  int
	}{{scope.Scope{Clusters: []string{"prod-*"}}, 1}, {scope.Scope{Clusters: []string{"prod-*"}, Namespaces: []string{"shop"}}, 0}} {
		got := coverageWithin(tt.limit, named)
		if len(got.Gaps) != tt.gaps || tt.gaps == 1 && got.Gaps[0].Cluster != "prod-1" || got.More != 4-tt.gaps {
			t.Errorf("within %s: %+v", tt.limit, got)
		}
	}
	if got := coverageWithin(limit, nil); got != nil {
		t.Errorf("of nothing: %+v", got)
	}
	var asked coverage.Question
	ask := func(_ context.Context, q coverage.Question) (*coverage.Statement, error) { asked = q; return all, nil }
	for _, tt := range []struct {
		limit    scope.Scope
		of, sees bool
	}{{scope.Scope{}, false, false}, {limit, false, false}, {scope.Scope{Clusters: []string{"prod-*"}}, true, true}, {scope.Scope{Clusters: []string{"test"}}, true, false}} {
		if _, err := Coverage(t.Context(), ask, coverage.Question{}, tt.limit); err != nil || (asked.Sees != nil) != tt.of || tt.of && asked.Sees("prod-1") != tt.sees {
			t.Errorf("%s: asked %+v, %v", tt.limit, asked, err)
		}
	}
	if text := limitedTo(limit); !strings.Contains(text, "namespace shop") {
		t.Error(text)
	}
}
