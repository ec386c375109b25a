//go:build linux

package sensorcmd

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/bus/outbox"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/spool"
	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
)

// reporter makes rows of the table health about a sensor: an account of all, and a part for each container and table of
// which events were given up. Counts are since the rows before. It is for one goroutine.
type reporter struct {
	node   sensor.Node
	hasher *event.UIDHasher
	event  event.Event
	from   time.Time
	last   coverage.Counts
	rows   int
}

// newReporter returns the reporter of a sensor that saw nothing before a time.
func newReporter(node sensor.Node, from time.Time) *reporter {
	return &reporter{node: node, hasher: event.NewUIDHasher(), from: from}
}

// sights are what a report tells of.
type sights struct {
	stats *sensor.Stats
	queue queue.Counts
	large uint64       // events that fit into no batch
	shed  []queue.Shed // given up in memory
	way   *way         // nil where events go by no spool
}

// way is how it stands with the way to a hub.
type way struct {
	outbox outbox.Stats
	shed   []spool.Share // given up on the disk
	lost   []spool.Share // damaged there, or refused by the hub
	offset *peer.Offset  // of the clock; nil before it was measured
}

// totals are a sensor's counts since it began.
func (s *sights) totals() (t coverage.Counts) {
	t.Seen, t.Filtered, t.Unresolved = int64(s.stats.Rows), int64(s.stats.Filtered), int64(s.stats.Unnamed)
	t.Lose(coverage.Ring, int64(s.stats.Lost()-s.stats.Malformed))
	t.Lose(coverage.Parse, int64(s.stats.Malformed))
	t.Drop(coverage.Queue, int64(s.queue.Shed+s.large))
	if s.way != nil {
		t.Drop(coverage.Queue, int64(s.way.outbox.Large))
		t.Drop(coverage.Spool, int64(s.way.outbox.Shed))
		t.Lose(coverage.Spool, int64(s.way.outbox.Lost))
	}
	return t
}

// report hands over the rows. They are valid until put returns.
func (r *reporter) report(now time.Time, s *sights, put func(*event.Event) error) error {
	all := s.totals()
	a := r.account(coverage.Total, now)
	a.Counts = all.Since(&r.last)
	a.Waiting, a.Detail = s.queue.Held, s.stats.String()
	if s.way != nil {
		s.way.tell(&a)
	}
	r.last = all
	coverage.Fill(&r.event, &a, now, r.hasher)
	if err := put(&r.event); err != nil {
		return err
	}
	for _, p := range r.parts(s, now) {
		coverage.Fill(&r.event, p, now, r.hasher)
		if err := put(&r.event); err != nil {
			return err
		}
	}
	r.from = now
	return nil
}

// tell adds to an account what waits for the hub, and how the clock stands.
func (w *way) tell(a *coverage.Account) {
	b := &w.outbox
	if b.Batches > 0 { // what was sent is removed a little later
		a.Waiting += b.Disk + b.Memory
		a.Oldest = b.Oldest
	}
	if b.Trouble != nil {
		a.Detail += "; the spool: " + b.Trouble.Error()
	}
	if w.offset != nil {
		a.Offset, a.Timed = w.offset.Ahead, true
	}
}

// maxParts bounds the containers and tables that a report tells one by one: those of which the most is missing.
const maxParts = 256

// parts says of which containers and tables something went missing, the most first.
func (r *reporter) parts(s *sights, now time.Time) []*coverage.Account {
	parts := map[queue.Shed]*coverage.Account{}
	part := func(k queue.Shed) *coverage.Counts {
		k.Events = 0
		if parts[k] == nil {
			p := r.account(coverage.Part, now)
			p.PodUID, p.Table, p.Detail = k.Pod, k.Class.String(), whose(k) // two containers of a pod are two rows
			parts[k] = &p
		}
		return &parts[k].Counts
	}
	for _, x := range s.shed {
		part(x).Drop(coverage.Queue, int64(x.Events))
	}
	if s.way != nil {
		for _, x := range s.way.shed {
			part(queue.Shed(x)).Drop(coverage.Spool, int64(x.Events))
		}
		for _, x := range s.way.lost {
			part(queue.Shed(x)).Lose(coverage.Spool, int64(x.Events))
		}
	}
	out := slices.SortedFunc(maps.Values(parts), func(a, b *coverage.Account) int {
		return cmp.Or(cmp.Compare(b.Gone(), a.Gone()), cmp.Compare(a.Detail, b.Detail), cmp.Compare(a.Table, b.Table))
	})
	for _, p := range out {
		p.Text = fmt.Sprintf("%d events of table %s went missing of %s", p.Gone(), p.Table, p.Detail)
	}
	return out[:min(len(out), maxParts)]
}

// account begins an account from the last one's end to now.
func (r *reporter) account(k coverage.Kind, now time.Time) coverage.Account {
	return coverage.Account{
		Key: coverage.Key{Cluster: r.node.Cluster, Node: r.node.Name, Source: coverage.SensorSource}, ClusterUID: r.node.ClusterUID, Role: coverage.Sensor, Kind: k,
		// By the clock as it is now: it may have been set since the account before, which does not change how long that is ago.
		Reporter: streamSource, From: now.Add(-max(now.Sub(r.from), 0)), To: now,
	}
}

// begin begins a row.
func (r *reporter) begin(now time.Time) *event.Event {
	r.rows++
	e := &r.event
	e.Reset(event.ClassHealth)
	at := now.UnixNano()
	event.MetadataUID.Set(e, r.hasher.Sum("health of a sensor", r.node.ClusterUID, r.node.UID, strconv.FormatInt(at, 10), strconv.Itoa(r.rows)).String())
	event.MetadataSource.Set(e, streamSource)
	event.Time.Set(e, at)
	event.ReceivedTime.Set(e, at)
	set(e, event.K8sCluster, r.node.Cluster)
	set(e, event.K8sClusterUID, r.node.ClusterUID)
	set(e, event.K8sNode, r.node.Name)
	return e
}

// set sets a text unless there is none.
func set(e *event.Event, f event.StringField, v string) {
	if v != "" {
		f.Set(e, v)
	}
}

// whose says in words whose events they were.
func whose(s queue.Shed) string {
	switch {
	case s.Others:
		return "containers that are not counted one by one"
	case s.Container == "":
		return "the node's own processes"
	}
	return "container " + s.Container
}

// reportAll reports until ctx ends, and once more then.
func reportAll(ctx context.Context, w *writer, s *sensor.Sensor, r *reporter, now func() time.Time) error {
	var last error
	report := func() {
		seen, err := w.sights(s)
		if err == nil {
			err = r.report(now(), seen, w.encode)
		}
		if err == nil {
			err = w.flush()
		}
		last = err
	}
	next := time.NewTimer(firstReport) // then on whole twenty seconds, so that no account reaches over the end of a minute
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			report()
			return last
		case <-next.C:
			report()
			at := now()
			next.Reset(at.Truncate(coverage.ReportEvery).Add(coverage.ReportEvery).Sub(at))
		}
	}
}
