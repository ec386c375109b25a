//go:build linux

package sensor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/ring"
)

const (
	// lookEvery is how long records may lie in the ring while there are any, and lookSooner while there are many: half of
	// it is what an event waits in the mean. To wake up costs what some fifty records do.
	lookEvery, lookSooner = 8 * time.Millisecond, 4 * time.Millisecond
	// many records between two looks are this many.
	many = 64
	// decisionsEvery is how long what user space decided may wait, of which the kernel does not tell.
	decisionsEvery = 50 * time.Millisecond
	// tidyEvery is how often the clock is asked again and processes that have ended are forgotten.
	tidyEvery = time.Second
	// sweepEach is at how many of these the kernel looks through what it remembers, which takes it some milliseconds.
	sweepEach = 3
)

// follow takes in records until ctx is done and the bell rung. While there are some, it looks for more every few
// milliseconds; after a look at nothing it waits until the kernel wakes it.
func (s *Sensor) follow(ctx context.Context, sink Sink) error {
	tidy := s.spec.Now().Add(tidyEvery)
	for some := true; ; {
		last := ctx.Err() != nil
		taken, waiting, err := s.drain()
		if err != nil {
			return err
		}
		if now := s.spec.Now(); !now.Before(tidy) {
			if err := s.tidy(); err != nil {
				return err
			}
			tidy = now.Add(tidyEvery)
		}
		if taken == maxTaken {
			some = true
			continue
		}
		soon, err := s.changes.step()
		if err != nil {
			return err
		}
		if err := sink.Idle(); err != nil {
			return fmt.Errorf("hand over events: %w", err)
		}
		switch {
		case last:
			return errors.Join(s.changes.drain(), s.tidy())
		case soon: // what was read of changes is told after what is in the ring by now
			some = some || taken > 0
		default:
			if err := s.wait(taken, some || taken > 0 || waiting, tidy); err != nil {
				return err
			}
			some = false
		}
	}
}

// maxTaken bounds the records that are taken in one after another before other things have their turn.
const maxTaken = 4096

// drain takes in the records that are in the ring, and says whether rows still wait for names.
func (s *Sensor) drain() (taken int, waiting bool, err error) {
	for ; taken < maxTaken; taken++ {
		if waiting, err = s.names(); err != nil {
			return taken, false, err
		}
		raw, err := s.ring.Next()
		if err != nil {
			return taken, false, fmt.Errorf("read the ring: %w", err)
		}
		if raw == nil {
			break
		}
		if err := s.take(raw); err != nil {
			return taken, false, err
		}
	}
	return taken, waiting, nil
}

// names puts names that have become known on the rows that wait for them, and says whether any still wait.
func (s *Sensor) names() (waiting bool, err error) {
	if err := s.rows.decisions(); err != nil {
		return false, err
	}
	if err := s.rows.hashing.results(); err != nil {
		return false, fmt.Errorf("hand over an event: %w", err)
	}
	n := s.rows.naming
	if n == nil {
		return false, nil
	}
	if err := n.answers(); err != nil {
		return false, fmt.Errorf("hand over an event: %w", err)
	}
	return n.held > 0, nil
}

// wait waits: shortly when something was taken or is expected, else until the kernel wakes the sensor, or there is something to tidy.
func (s *Sensor) wait(taken int, shortly bool, tidy time.Time) error {
	switch {
	case taken >= many:
		ring.Nap(lookSooner)
		return nil
	case shortly:
		ring.Nap(lookEvery)
		return nil
	}
	s.changes.rest()
	if err := s.waiting.Set(uint32(1)); err != nil {
		return fmt.Errorf("have the kernel wake the sensor: %w", err)
	}
	s.live.waits.Add(1) // a full barrier: the kernel sees that the sensor waits, or the sensor sees the record
	long := tidy.Sub(s.spec.Now())
	if s.enforcer != nil {
		long = decisionsEvery
	}
	return s.bell.wait(long, func() bool { return s.ring.Available() > 0 })
}

func never() bool { return false }
