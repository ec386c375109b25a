//go:build linux

package sensor

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/cilium/ebpf/ringbuf"
)

const (
	// lookEvery is how long records may lie in the ring while there are any: half of it is what an event waits in the
	// mean, and a sensor that looks 250 times a second takes no notable time.
	lookEvery = 4 * time.Millisecond
	// tidyEvery is how often the clock is asked again and processes that have ended are forgotten.
	tidyEvery = time.Second
)

// follow takes in records until the ring is flushed. While there are some, it looks for more every few milliseconds;
// after a look at nothing it waits until the kernel wakes it.
func (s *Sensor) follow(sink Sink) error {
	var raw ringbuf.Record
	tidy := s.spec.Now().Add(tidyEvery)
	s.ring.SetDeadline(s.spec.Now().Add(lookEvery))
	for some := true; ; {
		waiting, err := s.names()
		if err != nil {
			return err
		}
		if s.ring.AvailableBytes() == 0 {
			if err := sink.Idle(); err != nil {
				return fmt.Errorf("hand over events: %w", err)
			}
			if err := s.wait(some || waiting, tidy); err != nil {
				return err
			}
			some = false
		}
		err = s.ring.ReadInto(&raw)
		switch {
		case errors.Is(err, ringbuf.ErrFlushed):
			return s.tidy()
		case errors.Is(err, os.ErrDeadlineExceeded):
		case err != nil:
			return fmt.Errorf("read the ring: %w", err)
		default:
			if !some { // what woke the sensor is no record: the read that meets it must not wait for long
				some = true
				s.ring.SetDeadline(s.spec.Now().Add(lookEvery))
			}
			if err := s.take(raw.RawSample); err != nil {
				return err
			}
		}
		if now := s.spec.Now(); !now.Before(tidy) {
			if err := s.tidy(); err != nil {
				return err
			}
			tidy = now.Add(tidyEvery)
		}
	}
}

// names puts names that have become known on the rows that wait for them, and says whether any still wait.
func (s *Sensor) names() (waiting bool, err error) {
	n := s.rows.naming
	if n == nil {
		return false, nil
	}
	if err := n.answers(); err != nil {
		return false, fmt.Errorf("hand over an event: %w", err)
	}
	return n.held > 0, nil
}

// wait says until when the next read may wait: shortly when there was something, else until the kernel wakes the
// sensor, or there is something to tidy.
func (s *Sensor) wait(shortly bool, tidy time.Time) error {
	if shortly {
		s.ring.SetDeadline(s.spec.Now().Add(lookEvery))
		return nil
	}
	if err := s.waiting.Set(uint32(1)); err != nil {
		return fmt.Errorf("have the kernel wake the sensor: %w", err)
	}
	s.live.waits.Add(1) // a full barrier: the kernel sees that the sensor waits, or the sensor sees the record
	if s.ring.AvailableBytes() > 0 {
		tidy = s.spec.Now()
	}
	s.ring.SetDeadline(tidy)
	return nil
}
