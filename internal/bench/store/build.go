package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/bench/synth"
	"github.com/lynceus-io/lynceus/store/lake"
)

const (
	// perSecond is how many events the cluster has, and so how many there are
	// in an hour.
	perSecond = 1000
	// part is how many events are made from one place of the random numbers:
	// a store that is there is made larger from the end of a part on.
	part = 1_000_000
	// perCommit is how many events are written at once: about what the
	// server gathers.
	perCommit = 65_536
	// partition is the one that the events come from.
	partition = "bench"
)

// began is the time of the first event.
var began = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func stream(seed uint64, first int64, mix synth.Mix) *synth.Stream {
	return synth.New(synth.Options{Seed: seed, Start: began, Rate: perSecond, First: first, Mix: mix})
}

// receivedAt is when event n was received.
func receivedAt(n int64) time.Time { return began.Add(time.Duration(n) * time.Second / perSecond) }

// store is a lake with events in it, and what they are.
type store struct {
	dir   string
	lake  *lake.Lake
	truth *truth
	clock atomic.Int64 // nanoseconds
}

func (s *store) now() time.Time { return time.Unix(0, s.clock.Load()) }

// openStore opens the store of a directory, or makes one.
func openStore(ctx context.Context, dir string, seed uint64) (*store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &store{dir: dir}
	s.clock.Store(began.UnixNano())
	if s.lake, _, err = lake.Open(ctx, lake.Options{Dir: dir, Now: s.now}); err != nil {
		return nil, err
	}
	if s.truth, err = loadTruth(s.truthFile(), seed); err != nil {
		return nil, err
	}
	if s.truth == nil {
		s.truth = newTruth(seed)
	}
	s.clock.Store(receivedAt(s.truth.Events).UnixNano())
	return s, nil
}

func (s *store) truthFile() string { return filepath.Join(s.dir, "truth.json") }

// built says what making a store took: everything, and making the events.
type built struct {
	events   int64
	all      used
	events1  time.Duration // processor time of making one event and counting it
	upkeep   lake.Upkeep
	peak     int64
	waiting  time.Duration // after the last event, until all was merged
	behind   int           // the most appended segments that there were
	resident int64
}

// grow adds events until there are total, with Maintain beside it as in the
// server, and then until nothing is left to merge.
func (s *store) grow(ctx context.Context, total int64, progress io.Writer) (b built, err error) {
	first := s.truth.Events
	if total <= first {
		return b, nil
	}
	if b.events1, err = costOfEvents(s.truth.Seed, first); err != nil {
		return b, err
	}
	m := watchMemory()
	before := now()
	keeper := newKeeper(s)
	for s.truth.Events < total && err == nil {
		n := min(part-s.truth.Events%part, total-s.truth.Events)
		err = s.part(ctx, n, progress, before, first, total)
	}
	last := time.Now()
	b.upkeep, b.behind, err = keeper.end(ctx, err)
	b.waiting = time.Since(last)
	b.all, b.peak, b.events = now().since(before), m.end(), s.truth.Events-first
	return b, err
}

// part adds the next n events, which belong to one part. Those that the lake
// has already, from a run that was ended, are only counted.
func (s *store) part(ctx context.Context, n int64, progress io.Writer, before used, first, total int64) error {
	t := s.truth
	from := t.Events
	src := stream(t.Seed, from-from%part, synth.Mix{})
	var e event.Event
	for range from % part {
		src.Next(&e)
	}
	mark := int64(s.lake.Mark(partition))
	for t.Events < from+n {
		size := min(perCommit, from+n-t.Events)
		if t.Events < mark {
			size = min(size, mark-t.Events)
			for range size {
				src.Next(&e)
				t.add(&e)
			}
			continue
		}
		a := s.lake.Begin(partition, uint64(t.Events+1), uint64(t.Events+size))
		for range size {
			src.Next(&e)
			t.add(&e)
			if err := a.Add(&e); err != nil {
				return err
			}
		}
		if err := a.Commit(ctx); err != nil {
			return err
		}
		s.clock.Store(receivedAt(t.Events).UnixNano())
	}
	did := now().since(before)
	rate := per(t.Events-first, did.wall)
	fmt.Fprintf(progress, "%d of %d events, %.0f a second (%.0f a second of processor time), %s to go, %d MB\n", t.Events, total, rate, per(t.Events-first, did.cpu),
		time.Duration(float64(total-t.Events)/rate*float64(time.Second)).Round(time.Second), resident()>>20)
	return t.save(s.truthFile())
}

// costOfEvents is the processor time of making an event and counting it.
func costOfEvents(seed uint64, first int64) (time.Duration, error) {
	const n = 300_000
	src, t := stream(seed, first, synth.Mix{}), newTruth(seed)
	var e event.Event
	u, err := measure(func() error {
		for range n {
			src.Next(&e)
			t.add(&e)
		}
		return nil
	})
	return u.cpu / n, err
}

// keeper calls Maintain beside appends.
type keeper struct {
	s      *store
	stop   context.CancelFunc
	done   sync.WaitGroup
	sum    lake.Upkeep
	behind int
	err    error
}

// between is the pause between two calls of Maintain.
const between = 500 * time.Millisecond

func newKeeper(s *store) *keeper {
	k := &keeper{s: s}
	ctx, stop := context.WithCancel(context.Background())
	k.stop = stop
	k.done.Go(func() {
		for ctx.Err() == nil && k.err == nil {
			k.err = k.once(context.Background())
			select {
			case <-ctx.Done():
			case <-time.After(between):
			}
		}
	})
	return k
}

func (k *keeper) once(ctx context.Context) error {
	appended := 0
	for _, t := range k.s.lake.Stats().Tables {
		appended += t.Appended
	}
	k.behind = max(k.behind, appended)
	u, err := k.s.lake.Maintain(ctx)
	k.sum.Merged += u.Merged
	k.sum.Into += u.Into
	k.sum.MergedRows += u.MergedRows
	k.sum.Merging += u.Merging
	return err
}

// end waits for the keeper and lets it merge what is left: all hours but the
// last, as in a server that has caught up.
func (k *keeper) end(ctx context.Context, err error) (lake.Upkeep, int, error) {
	k.stop()
	k.done.Wait()
	if err == nil {
		err = k.err
	}
	for merged := -1; err == nil && merged != k.sum.Merged; {
		merged = k.sum.Merged
		err = k.once(ctx)
	}
	return k.sum, k.behind, err
}
