package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
)

// account accounts for the minutes that have passed since it was called last, as one: an account never reaches over the
// end of a minute, but when the hub was busy for longer.
func (l *Ledger) account(now time.Time) {
	until := now.Truncate(time.Minute)
	if !until.After(l.accounted) {
		return
	}
	from := l.accounted
	l.accounted = until
	if l.o.Gather != nil {
		l.o.Gather(l.o.Tally)
	}
	list := append(l.o.Tally.Take(from, until), l.unseen(from, until, now)...)
	list = append(list, coverage.Account{
		Key: coverage.Key{Source: "hub"}, Role: coverage.Hub, Kind: coverage.Total, Reporter: coverage.HubReporter, From: from, To: until, Text: "the hub was there",
	})
	for i := range list {
		l.book.Add(&list[i])
	}
	l.waiting = append(l.waiting, list[:min(len(list), maxWaiting-len(l.waiting))]...)
}

// maxWaiting bounds the rows that wait to be written, while the disk is full say: 1,000 nodes for half an hour.
const maxWaiting = 64 << 10

// flush writes the rows that wait.
func (l *Ledger) flush(ctx context.Context, now time.Time) error {
	if err := l.write(ctx, l.waiting, now); err != nil {
		return err
	}
	l.waiting = l.waiting[:0]
	return nil
}

// unseen returns what nobody but the hub can tell of: nodes without a sensor where others have one, and sensors whose
// nodes are gone.
func (l *Ledger) unseen(from, until, now time.Time) (out []coverage.Account) {
	add := func(k coverage.Key, kind coverage.Kind) {
		out = append(out, coverage.Account{Key: k, Role: coverage.Sensor, Kind: kind, Reporter: coverage.HubReporter, From: from, To: until})
	}
	for _, k := range l.bare(now) {
		add(k, coverage.Absent)
	}
	for _, s := range l.book.Sources(now) {
		if s.Role == coverage.Sensor && !s.Ended && l.nodes.gone(s.Cluster, s.Node) && (s.Silent || s.Last.IsZero()) {
			add(s.Key, coverage.Ended)
			l.trials.forget(s.Key)
		}
	}
	return out
}

// rollout is how long a node may have none, after it joined or the cluster's first sensor came.
const rollout = 45 * time.Second

// bare returns the nodes without a sensor that never had one, of clusters where others have one.
func (l *Ledger) bare(now time.Time) (out []coverage.Key) {
	first := map[string]time.Time{} // by cluster
	has := map[coverage.Key]bool{}
	for _, s := range l.book.Sources(now) {
		if s.Role != coverage.Sensor || s.Source != coverage.SensorSource || s.Last.IsZero() {
			continue
		}
		has[s.Key] = true
		if at, ok := first[s.Cluster]; !s.Ended && (!ok || s.First.Before(at)) {
			first[s.Cluster] = s.First
		}
	}
	for _, n := range l.nodes.list() {
		k := coverage.Key{Cluster: n.cluster, Node: n.name, Source: coverage.SensorSource}
		since, some := first[n.cluster]
		if joined := l.nodes.joined(n); joined.After(since) {
			since = joined
		}
		if some && !has[k] && now.Sub(since) > rollout {
			out = append(out, k)
		}
	}
	return out
}

// write writes rows of accounts into the lake.
func (l *Ledger) write(ctx context.Context, list []coverage.Account, now time.Time) error {
	return l.store(ctx, len(list), func(i int) error {
		coverage.Fill(&l.row, &list[i], now, l.hasher)
		return nil
	})
}

// store writes rows, each as fill makes it.
func (l *Ledger) store(ctx context.Context, rows int, fill func(i int) error) error {
	if rows == 0 {
		return nil
	}
	at := l.o.Lake.Mark(Partition) + 1
	a := l.o.Lake.Begin(Partition, at, at)
	defer func() { _ = a.Abort() }() // nothing to do after Commit
	for i := range rows {
		if err := fill(i); err != nil {
			return err
		}
		if err := a.Add(&l.row); err != nil {
			return fmt.Errorf("write the ledger: %w", err)
		}
		if l.o.Tap != nil {
			l.o.Tap(&l.row)
		}
	}
	if err := a.Commit(ctx); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}
