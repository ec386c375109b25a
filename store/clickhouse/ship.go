package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// ShipperOptions are what a Shipper needs.
type ShipperOptions struct {
	Store  *Store
	Source Source
	// Origin is the identity of the source among all that ship into the
	// database; it begins every token.
	Origin string
	// Journal is the path of a file, in a directory that exists, in which the
	// shipper notes what it is sending.
	Journal string
	// Log takes a line when shipping stops and when it goes on again; nil
	// drops it.
	Log *slog.Logger
	// Poll is how often the source is asked for segments: 5 seconds.
	Poll time.Duration
}

const defaultPoll = 5 * time.Second

// Shipper makes the tables of a store (Store.Migrate) as soon as the server is
// there, and sends a source's segments to it, each exactly once, also when
// either side is killed in the middle: a segment is one insert under a token
// of its own, is noted in the journal before it goes, and confirmed to the
// source after the server has it on disk. What was in flight when this side
// died is looked for in the table before it is sent again under its token.
type Shipper struct {
	o    ShipperOptions
	wake chan struct{}

	ship    sync.Mutex // one round at a time; guards what stands below it
	journal *journal
	held    map[string]*hold
	ready   bool // the tables are there

	mu    sync.Mutex
	stats ShipperStats
}

// hold is a segment that could not be sent while others can.
type hold struct {
	failures int
	until    time.Time
}

// ShipperStats are counts since the shipper was made.
type ShipperStats struct {
	Segments, Rows, Bytes int64
	// Found are segments that an earlier attempt had brought there.
	Found int64
	// Failures are attempts that failed.
	Failures int64
	// Held are segments that the server or their file refuses now.
	Held int
	// LastError is the last failure, nil when everything was sent since.
	LastError error
}

// NewShipper returns a shipper that has read its journal.
func NewShipper(o ShipperOptions) (*Shipper, error) {
	if o.Origin == "" {
		return nil, errors.New("a shipper needs the identity of its source")
	}
	if o.Poll <= 0 {
		o.Poll = defaultPoll
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	j, err := openJournal(o.Journal)
	if err != nil {
		return nil, err
	}
	return &Shipper{o: o, wake: make(chan struct{}, 1), journal: j, held: map[string]*hold{}}, nil
}

// Wake says that there are new segments. It never blocks.
func (s *Shipper) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Stats returns the counts so far.
func (s *Shipper) Stats() ShipperStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Run ships until ctx ends, which is no error. While the store does not take
// segments it tries again with growing waits.
func (s *Shipper) Run(ctx context.Context) error {
	failures := 0
	for {
		_, err := s.Ship(ctx)
		pause := s.o.Poll
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			failures++
			pause = wait(failures, rand.Float64())
			if failures == 1 {
				s.o.Log.Warn("segments are not shipped to ClickHouse; trying again", "error", err)
			}
		case failures > 0:
			s.o.Log.Info("segments are shipped to ClickHouse again", "failures", failures)
			failures = 0
		}
		woken := s.wake
		if err != nil {
			woken = nil // new segments do not shorten the wait
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-woken:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// Ship sends what the source has now and returns how many segments arrived.
// An error means that nothing can be sent at present; single segments that
// are refused are held back, logged and counted in the stats instead.
func (s *Shipper) Ship(ctx context.Context) (arrived int, err error) {
	s.ship.Lock()
	defer s.ship.Unlock()
	if err := s.prepare(ctx); err != nil {
		return 0, s.failed(err)
	}
	for {
		segments, err := s.o.Source.Unshipped(ctx)
		if err != nil {
			return arrived, s.failed(fmt.Errorf("list the segments to ship: %w", err))
		}
		s.arrange(segments)
		before := arrived
		for _, seg := range segments {
			if h := s.held[seg.ID]; h != nil && time.Now().Before(h.until) {
				continue
			}
			err := s.one(ctx, seg)
			switch {
			case err == nil:
				arrived++
				delete(s.held, seg.ID)
			case ctx.Err() != nil:
				return arrived, ctx.Err()
			case s.refused(err):
				s.hold(seg, err)
			default:
				s.ready = s.ready && !errors.Is(err, ErrMissing)
				return arrived, s.failed(err)
			}
		}
		if arrived == before {
			s.settle()
			return arrived, nil
		}
	}
}

// prepare makes the tables, or brings them up to date, before the first
// segment goes, and again when they turn out to be gone.
func (s *Shipper) prepare(ctx context.Context) error {
	if s.ready {
		return nil
	}
	done, err := s.o.Store.Migrate(ctx)
	for _, what := range done {
		s.o.Log.Info("ClickHouse", "done", what)
	}
	s.ready = err == nil
	return err
}

// arrange puts what is in flight first, and forgets what is no more.
func (s *Shipper) arrange(segments []Segment) {
	live := map[string]bool{}
	ids := map[string]bool{}
	for _, seg := range segments {
		live[s.token(seg)] = true
		ids[seg.ID] = true
	}
	s.journal.keep(live)
	for id := range s.held {
		if !ids[id] {
			delete(s.held, id)
		}
	}
	slices.SortStableFunc(segments, func(a, b Segment) int {
		return s.place(a) - s.place(b)
	})
}

func (s *Shipper) place(seg Segment) int {
	if s.journal.has(s.token(seg)) {
		return 0
	}
	return 1
}

// token names a segment among all that are shipped to the database.
func (s *Shipper) token(seg Segment) string { return s.o.Origin + "/" + seg.ID }

// segmentError is what is wrong with one segment's file.
type segmentError struct{ err error }

func (e *segmentError) Error() string { return e.err.Error() }
func (e *segmentError) Unwrap() error { return e.err }

// refused reports whether err concerns one segment only.
func (s *Shipper) refused(err error) bool {
	var own *segmentError
	if errors.As(err, &own) {
		return true
	}
	var ex *Exception
	return errors.As(err, &ex) && ex.kind() == nil
}

// one sends one segment and confirms it.
func (s *Shipper) one(ctx context.Context, seg Segment) error {
	token := s.token(seg)
	f, err := s.o.Source.Open(ctx, seg)
	if err != nil {
		return &segmentError{fmt.Errorf("open segment %s: %w", seg.ID, err)}
	}
	defer f.Close()
	found := false
	if s.journal.has(token) {
		if found, err = s.o.Store.holds(ctx, seg, token); err != nil {
			return fmt.Errorf("ask for segment %s: %w", seg.ID, err)
		}
	}
	if !found {
		if err := s.journal.begin(token); err != nil {
			return err
		}
		if err := s.o.Store.insert(ctx, seg, f, token); err != nil {
			return fmt.Errorf("ship segment %s: %w", seg.ID, err)
		}
	}
	if err := s.o.Source.Shipped(ctx, seg); err != nil {
		return fmt.Errorf("confirm segment %s: %w", seg.ID, err)
	}
	s.journal.end(token)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Segments++
	s.stats.Rows += seg.Rows
	s.stats.Bytes += seg.Bytes
	if found {
		s.stats.Found++
	}
	return nil
}

// hold keeps a segment back for a while.
func (s *Shipper) hold(seg Segment, err error) {
	h := s.held[seg.ID]
	if h == nil {
		h = &hold{}
		s.held[seg.ID] = h
		s.o.Log.Error("a segment cannot be shipped to ClickHouse; trying it again later", "segment", seg.ID, "error", err)
	}
	h.failures++
	h.until = time.Now().Add(wait(h.failures, rand.Float64()))
	s.failed(err)
}

// failed counts a failure and returns it.
func (s *Shipper) failed(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Failures++
	s.stats.LastError = err
	s.stats.Held = len(s.held)
	return err
}

// settle ends a round in which everything that can be sent was.
func (s *Shipper) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Held = len(s.held)
	if len(s.held) == 0 {
		s.stats.LastError = nil
	}
}
