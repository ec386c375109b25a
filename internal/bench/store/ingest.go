package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/bench/synth"
	"github.com/lynceus-io/lynceus/store/lake"
)

// load is one kind of events that is appended and merged, alone.
type load struct {
	name   string
	mix    synth.Mix
	events int64
	target float64 // events a second of processor time, appended; 0 for none
}

// loads are those that the requirements name, and everything together.
var loads = []load{
	{"network", synth.Mix{Network: 100}, 1_000_000, 200_000},
	{"audit with documents", synth.Mix{Audit: 100}, 400_000, 80_000},
	{"all tables", synth.Mix{}, 1_000_000, 0},
}

// ingest measures appending and merging, one after the other: what is read
// beside it is the processor time of each, and nothing of making the events.
func ingest(ctx context.Context, w io.Writer, dir string, seed uint64) error {
	fmt.Fprintf(w, "%-22s %9s %12s %12s %12s %14s %12s %12s %12s\n", "events", "target", "append/cpu-s", "append/s", "merge/cpu-s", "both/cpu-s", "B/event", "filters B", "merged B")
	for _, l := range loads {
		if err := l.run(ctx, w, filepath.Join(dir, "ingest"), seed); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return nil
}

func (l load) run(ctx context.Context, w io.Writer, dir string, seed uint64) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	var clock atomic.Int64
	clock.Store(began.UnixNano())
	lk, _, err := lake.Open(ctx, lake.Options{Dir: dir, Now: func() time.Time { return time.Unix(0, clock.Load()) }})
	if err != nil {
		return err
	}
	defer lk.Close()
	appended, err := l.append(ctx, lk, seed)
	if err != nil {
		return err
	}
	before, filters, err := sizes(dir)
	if err != nil {
		return err
	}
	clock.Store(receivedAt(l.events).Add(2 * time.Hour).UnixNano())
	merged, err := measure(func() error {
		_, err := lk.Maintain(ctx)
		return err
	})
	if err != nil {
		return err
	}
	var after int64
	for _, t := range lk.Stats().Tables {
		after += t.Bytes
	}
	missed := ""
	rate := per(l.events, appended.cpu)
	if l.target > 0 && rate < l.target {
		missed = "  MISSED"
	}
	fmt.Fprintf(w, "%-22s %9.0f %12.0f %12.0f %12.0f %14.0f %12.1f %12.1f %12.1f%s\n", l.name, l.target, rate, per(l.events, appended.wall), per(l.events, merged.cpu),
		per(l.events, appended.cpu+merged.cpu), float64(before)/float64(l.events), float64(filters)/float64(l.events), float64(after)/float64(l.events), missed)
	return nil
}

// append appends the events, each batch made before the clock runs.
func (l load) append(ctx context.Context, lk *lake.Lake, seed uint64) (sum used, err error) {
	src := stream(seed, 0, l.mix)
	batch := make([]*event.Event, 0, perCommit)
	var e event.Event
	for n := int64(0); n < l.events; n += int64(len(batch)) {
		batch = batch[:0]
		for range min(perCommit, l.events-n) {
			src.Next(&e)
			batch = append(batch, e.Clone())
		}
		u, err := measure(func() error {
			a := lk.Begin(partition, uint64(n+1), uint64(n+int64(len(batch))))
			for _, e := range batch {
				if err := a.Add(e); err != nil {
					return err
				}
			}
			return a.Commit(ctx)
		})
		if err != nil {
			return sum, err
		}
		sum.cpu, sum.wall = sum.cpu+u.cpu, sum.wall+u.wall
	}
	return sum, nil
}

// sizes are those of all segments and of all their filters.
func sizes(dir string) (segments, filters int64, err error) {
	files, err := segmentFiles(dir)
	if err != nil {
		return 0, 0, err
	}
	for _, name := range files {
		st, err := os.Stat(name)
		if err != nil {
			return 0, 0, err
		}
		if filepath.Ext(name) == ".idx" {
			filters += st.Size()
		} else {
			segments += st.Size()
		}
	}
	return segments, filters, nil
}
