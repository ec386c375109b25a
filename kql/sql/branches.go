package sql

import (
	"github.com/lynceus-io/lynceus/kql/plan"
)

// branches is for conditions that DuckDB's Bloom filters would not serve.
func (w *writer) branches(r *relation, c plan.Expr) *relation { return nil }
