package hunt

import (
	"context"
	"fmt"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// limitedTo says that an answer is from what its reader may see.
func limitedTo(s scope.Scope) string {
	return fmt.Sprintf("you see %s: the answer is from that only, and an empty one says nothing of the rest", s)
}

// Coverage asks what is missing for somebody who may see what is in scope. The
// answer is about the sources of the clusters in scope, and may be nil.
func Coverage(ctx context.Context, ask func(context.Context, coverage.Question) (*coverage.Statement, error), q coverage.Question, s scope.Scope) (*coverage.Statement, error) {
	if len(s.Clusters) > 0 {
		q.Sees = s.SeesCluster
	}
	all, err := ask(ctx, q)
	if err != nil {
		return nil, err
	}
	return coverageWithin(s, all), nil
}

// coverageWithin returns what somebody is told of a coverage who may see what
// is in scope: all of it without a limit, else whether something is missing
// and how much. Which sources of whom is told of the clusters in scope, and
// only where no namespaces limit: a source is of none. It may be nil, as c may.
func coverageWithin(s scope.Scope, c *coverage.Statement) *coverage.Statement {
	if c == nil || s.All() {
		return c
	}
	gaps := []coverage.Gap{}
	for _, g := range c.Gaps {
		if len(s.Namespaces) == 0 && g.Cluster != "" && s.SeesCluster(g.Cluster) {
			gaps = append(gaps, g)
		}
	}
	return &coverage.Statement{From: c.From, To: c.To, Complete: c.Complete, Gaps: gaps, More: len(c.Gaps) - len(gaps) + c.More}
}
