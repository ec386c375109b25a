package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/store/lake"
)

// Logged begins the partition under which the lake knows what came by a log.
const Logged = "log"

// Storer moves what detection wrote into a log into the lake: each message with
// its number, so that one that comes again is known.
type Storer struct {
	Source Source
	Lake   *lake.Lake
	// Tally counts what was stored, by source; Tap sees every row that is
	// stored. Both may be nil.
	Tally *coverage.Tally
	Tap   func(*event.Event)
	// Counts are added to; several storers may share them.
	Counts *Counts
	Log    *slog.Logger
	Now    func() time.Time

	decoder wire.Decoder
	event   event.Event
	counter *coverage.Counter
}

// Stored returns up to which message of the log all is in the lake. It may be
// called at any time.
func (s *Storer) Stored() uint64 { return s.Lake.Mark(s.partition()) }

func (s *Storer) partition() string { return Logged + "-" + s.Source.Sequence() }

// Run works until ctx ends. An error means that the store is broken, or the bus
// for good; a full disk, and a bus that does not answer, are waited for.
func (s *Storer) Run(ctx context.Context) error {
	s.counter = s.Tally.Counter()
	for {
		err := s.work(ctx)
		if ctx.Err() != nil {
			return nil
		}
		pause := retryBus
		var away *busError
		switch {
		case errors.Is(err, lake.ErrFull):
			if s.Counts.Full.Swap(1) == 0 {
				s.Log.Error("the disk is full: intake waits until there is room", "error", err)
			}
			pause = retryFull
		case errors.As(err, &away) && !lasting(err):
			s.Log.Warn("the bus does not answer; trying again", "error", err)
		default:
			return err
		}
		if !sleep(ctx, pause) {
			return nil
		}
		s.Source.Rewind()
	}
}

func (s *Storer) work(ctx context.Context) error {
	for {
		messages, err := gather(ctx, s.Source)
		if err != nil {
			return &busError{fmt.Errorf("read the log: %w", err)}
		}
		if len(messages) == 0 {
			continue
		}
		mark := s.Stored()
		fresh := messages[:0:0]
		for _, m := range messages {
			if m.Seq > mark {
				fresh = append(fresh, m)
			}
		}
		if len(fresh) > 0 {
			if err := s.append(ctx, fresh); err != nil {
				return err
			}
		}
		if err := s.Source.Ack(ctx, messages[len(messages)-1].Seq); err != nil {
			return &busError{fmt.Errorf("acknowledge to the log: %w", err)}
		}
	}
}

func (s *Storer) append(ctx context.Context, messages []bus.Message) error {
	a := s.Lake.Begin(s.partition(), messages[0].First, messages[len(messages)-1].Seq)
	defer func() { _ = a.Abort() }() // nothing to do after Commit
	s.counter.Begin(s.Now())
	for _, m := range messages {
		err := eachFrame(m.Data, func(kind byte, content []byte) error { return s.frame(a, kind, content) })
		var format *wire.FormatError
		if errors.As(err, &format) || errors.Is(err, errFrame) {
			s.Counts.Quarantined.Add(1)
			s.Log.Error("a message of the log cannot be read and was put aside", "sequence", m.Seq, "reason", err)
			if err = s.Source.Quarantine(ctx, m, err); err != nil {
				err = &busError{err}
			}
		}
		if err != nil {
			return fmt.Errorf("write to the store: %w", err)
		}
	}
	if err := a.Commit(ctx); err != nil {
		return fmt.Errorf("write to the store: %w", err)
	}
	s.counter.Commit()
	s.Counts.Full.Store(0)
	s.Counts.Batches.Add(int64(len(messages)))
	return nil
}

func (s *Storer) frame(a *lake.Append, kind byte, content []byte) error {
	switch kind {
	case frameOrigins:
		var list []lake.Origin
		if err := json.Unmarshal(content, &list); err != nil {
			return fmt.Errorf("%w: %w", errFrame, err)
		}
		for _, o := range list {
			a.Note(o)
		}
		return nil
	case frameBatch:
	default:
		return fmt.Errorf("%w: a frame of kind %q", errFrame, kind)
	}
	if _, err := s.decoder.Open(content); err != nil {
		return err
	}
	for {
		err := s.decoder.Next(&s.event)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if c := s.event.Class; c != event.ClassFinding && c != event.ClassIncident {
			s.counter.Count(&s.event, true)
			s.Counts.Events.Add(1)
		}
		if err := a.Add(&s.event); err != nil {
			return err
		}
		if s.Tap != nil {
			s.Tap(&s.event)
		}
	}
}

// gather pulls until there is enough to write, or some and time has passed.
func gather(ctx context.Context, from Source) ([]bus.Message, error) {
	var out []bus.Message
	size, until := 0, time.Time{}
	for size < gatherBytes {
		wait := idle
		if len(out) > 0 {
			if wait = time.Until(until); wait <= 0 {
				break
			}
		}
		got, err := from.Pull(ctx, bus.PullOptions{MaxBytes: gatherBytes - size, Wait: wait})
		if err != nil && len(out) == 0 {
			return nil, err
		}
		if err != nil || len(got) == 0 {
			break
		}
		if len(out) == 0 {
			until = time.Now().Add(gatherTime) // whatever happens to the clock
		}
		for _, m := range got {
			size += len(m.Data)
		}
		out = append(out, got...)
	}
	return out, nil
}
