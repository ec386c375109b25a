package live

import (
	"context"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident/row"
)

// report takes in what rules found on a node. It becomes a finding of the judge's own: the same one where the judge finds
// it in the node's rows, too.
func (j *Judge) report(e *event.Event) {
	f, err := row.ReadFinding(e, j.o.Rule)
	if err == nil && !j.o.State.Report(f) {
		j.o.Log.Warn("too many rules are known from nodes alone; a finding of another one is not told", "rule", f.Rule.ID)
	}
	if err != nil {
		j.o.Log.Warn("what a node found cannot be read", "error", err)
	}
	j.reports = true
}

// Secure writes what nodes reported since the last call: what they found is not in the rows that are about to be stored,
// and is not to be lost with them.
func (j *Judge) Secure(ctx context.Context) error {
	if !j.reports {
		return nil
	}
	j.reports = false
	return j.write(ctx, true)
}
