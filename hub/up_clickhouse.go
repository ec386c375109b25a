package hub

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/store/clickhouse"
	"github.com/lynceus-io/lynceus/store/lake"
)

// shippingFile notes what is on its way to ClickHouse.
const shippingFile = "shipping.json"

// lagging is how long a segment may wait before that is a problem.
const lagging = time.Minute

// outboxOptions say what the store keeps for ClickHouse.
func (u *Up) outboxOptions() *lake.OutboxOptions {
	if u.o.ClickHouse == nil {
		return nil
	}
	o := &lake.OutboxOptions{MaxBytes: u.o.ClickHouse.Backlog, Added: func() { u.shipper.Wake() }}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultBacklog
	}
	return o
}

// makeShipper starts what sends the store's segments to ClickHouse. The
// server need not be there: what comes meanwhile waits.
func (u *Up) makeShipper(ctx context.Context) error {
	if u.store == nil {
		return u.askClickHouse()
	}
	if u.o.ClickHouse == nil {
		if n := u.store.lake.Stats().Outbox.Segments; n > 0 {
			u.o.Log.Warn("segments of an earlier run wait for ClickHouse, and nothing sends them: start with ClickHouse again", "segments", n)
		}
		return nil
	}
	db, err := clickhouse.New(u.o.ClickHouse.Database)
	if err != nil {
		return err
	}
	cluster := newClickHouse(db, hunt.StoreOptions{Now: u.o.Now, Coverage: u.store.Coverage})
	u.onStop("ClickHouse", cluster.Close)
	u.database = db.Address()
	u.shipper, err = clickhouse.NewShipper(clickhouse.ShipperOptions{
		Store: db, Source: outbox{u.store.lake}, Origin: u.store.identity, Journal: filepath.Join(u.o.Dir, shippingFile), Log: u.o.Log,
	})
	if err != nil {
		return err
	}
	if u.o.ClickHouse.Answer {
		u.queries = cluster
	}
	u.run(ctx, "shipping to ClickHouse", u.shipper.Run)
	return nil
}

// askClickHouse lets questions be answered from the database that another
// process ships to.
func (u *Up) askClickHouse() error {
	if u.o.ClickHouse == nil {
		return nil
	}
	db, err := clickhouse.New(u.o.ClickHouse.Database)
	if err != nil {
		return err
	}
	cluster := newClickHouse(db, hunt.StoreOptions{Now: u.o.Now, Coverage: u.coverage})
	u.onStop("ClickHouse", cluster.Close)
	u.queries = cluster
	return nil
}

// ClickHouse is where the store's segments are sent, without users; "" for
// nowhere.
func (u *Up) ClickHouse() string { return u.database }

// shippingProblems are what somebody should look at on the way to ClickHouse.
func (u *Up) shippingProblems() (out []coverage.Condition) {
	if u.store == nil {
		return nil
	}
	box := u.store.lake.Stats().Outbox
	add := func(code string, since time.Time, advice, format string, args ...any) {
		out = append(out, coverage.Condition{Code: code, About: "ClickHouse", Level: coverage.Warning, Since: since, Text: fmt.Sprintf(format, args...), Advice: advice})
	}
	if box.Lost.Segments > 0 {
		add("clickhouse-lacks", box.Lost.Last, "the store here keeps its own", "ClickHouse lacks %d events: they were given up, the last at %s, for want of room or of their files",
			box.Lost.Rows, box.Lost.Last.Format(time.RFC3339))
	}
	if u.shipper == nil {
		if box.Segments > 0 {
			add("clickhouse-off", box.Oldest, "start with ClickHouse again", "%d events wait for ClickHouse since %s, and nothing sends them", box.Rows, box.Oldest.Format(time.RFC3339))
		}
		return out
	}
	st := u.shipper.Stats()
	if box.Segments > 0 && u.o.Now().Sub(box.Oldest) > lagging {
		advice := ""
		if st.LastError != nil {
			advice = st.LastError.Error()
		}
		add("clickhouse-behind", box.Oldest, advice, "ClickHouse is behind since %s: %d events in %d segments wait", box.Oldest.Format(time.RFC3339), box.Rows, box.Segments)
	}
	return out
}

// shippingMetrics registers what /metrics shows of the way to ClickHouse.
func (u *Up) shippingMetrics(counter, gauge func(name, help string, f func() float64)) {
	if u.shipper == nil {
		return
	}
	box := func(f func(lake.OutboxStats) int64) func() float64 {
		return func() float64 { return float64(f(u.store.lake.Stats().Outbox)) }
	}
	st := func(f func(clickhouse.ShipperStats) int64) func() float64 {
		return func() float64 { return float64(f(u.shipper.Stats())) }
	}
	counter("lynceus_clickhouse_shipped_segments_total", "Segments that arrived in ClickHouse.", st(func(s clickhouse.ShipperStats) int64 { return s.Segments }))
	counter("lynceus_clickhouse_shipped_rows_total", "Rows that arrived in ClickHouse.", st(func(s clickhouse.ShipperStats) int64 { return s.Rows }))
	counter("lynceus_clickhouse_shipped_bytes_total", "Bytes of the segments that arrived in ClickHouse.", st(func(s clickhouse.ShipperStats) int64 { return s.Bytes }))
	counter("lynceus_clickhouse_failures_total", "Attempts to send a segment that failed.", st(func(s clickhouse.ShipperStats) int64 { return s.Failures }))
	gauge("lynceus_clickhouse_held_segments", "Segments that ClickHouse or their file refuses now.", st(func(s clickhouse.ShipperStats) int64 { return int64(s.Held) }))
	gauge("lynceus_clickhouse_waiting_segments", "Segments that wait for ClickHouse.", box(func(s lake.OutboxStats) int64 { return s.Segments }))
	gauge("lynceus_clickhouse_waiting_rows", "Rows that wait for ClickHouse.", box(func(s lake.OutboxStats) int64 { return s.Rows }))
	gauge("lynceus_clickhouse_waiting_bytes", "Bytes of the segments that wait for ClickHouse.", box(func(s lake.OutboxStats) int64 { return s.Bytes }))
	gauge("lynceus_clickhouse_behind_seconds", "Age of the oldest segment that waits for ClickHouse, 0 when none does.", func() float64 {
		if oldest := u.store.lake.Stats().Outbox.Oldest; !oldest.IsZero() {
			return max(u.o.Now().Sub(oldest).Seconds(), 0)
		}
		return 0
	})
	counter("lynceus_clickhouse_lost_segments_total", "Segments that were given up on their way to ClickHouse, since the store exists.", box(func(s lake.OutboxStats) int64 { return s.Lost.Segments }))
	counter("lynceus_clickhouse_lost_rows_total", "Rows that were given up on their way to ClickHouse, since the store exists.", box(func(s lake.OutboxStats) int64 { return s.Lost.Rows }))
}
