package live

import (
	"context"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// What rules that ask what is new learn from when they come into force: the
// last month, and no more events of a table than take some ten seconds to read.
// What was received within Replay is left out, as it is judged again.
const (
	teachBack = 30 * 24 * time.Hour
	mostTeach = 500_000
)

// teach lets rules that came into force since what was learned was saved learn
// from the store, so that they need not be silent until they have seen enough.
func (j *Judge) teach(ctx context.Context) (n int64, _ error) {
	if j.o.Learns == nil {
		return 0, nil
	}
	var tables []event.Class
	for _, r := range j.o.State.Pupils(j.o.Learns, j.o.Now()) {
		if !slices.Contains(tables, r.Table) {
			tables = append(tables, r.Table)
		}
	}
	for _, c := range tables {
		last, found, err := j.latest(ctx, c)
		if err != nil {
			return n, err
		}
		if !found {
			continue
		}
		end := last.Add(-Replay)
		sel := receivedSince(c, end.Add(-teachBack))
		sel.ReceivedTo = end.UnixNano() - 1
		read, err := j.scan(ctx, sel, end, mostTeach, func(e *event.Event) {
			j.matches = j.o.Set.Match(j.scratch, e, j.matches[:0])
			j.o.State.Teach(e, j.matches)
		})
		if n += read; err != nil {
			return n, err
		}
	}
	j.o.State.Taught(j.o.Now())
	return n, nil
}
