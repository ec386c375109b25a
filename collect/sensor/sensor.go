//go:build linux

package sensor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/ringbuf"

	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// Sensor is what has been attached to the kernel. Close removes it.
type Sensor struct {
	spec     Spec
	programs *programs
	ring     *ringbuf.Reader
	waiting  *ebpf.Variable // in the kernel: set it to be woken
	rows     *rows
	live     live
}

// live is what Stats may read while Run works.
type live struct {
	rows, repeated, malformed, evicted, named, unnamed, waits atomic.Uint64
	processes, bytes                                          atomic.Int64
}

// Load loads the programs into the kernel and attaches them. From then on the kernel collects: call Run soon.
func Load(spec Spec) (_ *Sensor, err error) {
	if spec, err = spec.complete(); err != nil {
		return nil, err
	}
	bootID, err := os.ReadFile(filepath.Join(spec.Proc, "sys/kernel/random/boot_id"))
	if err != nil {
		return nil, fmt.Errorf("which boot it is: %w", err)
	}
	sequence, err := sinceBoot()
	if err != nil {
		return nil, err
	}
	s := &Sensor{spec: spec, rows: &rows{
		node: spec.Node, bootID: strings.TrimSpace(string(bootID)), clock: clock{now: spec.Now},
		table: process.NewTable(process.Options{Bytes: spec.TableBytes}),
		caps:  capabilities{}, hasher: event.NewUIDHasher(), sequence: sequence,
	}}
	if err := s.rows.clock.set(); err != nil {
		return nil, err
	}
	if s.programs, err = load(spec); err != nil {
		return nil, err
	}
	s.waiting = s.programs.collection.Variables[varWaiting]
	told := s.programs.collection.Maps[mapCgroups]
	s.rows.cgroups = newCgroups(func(id uint64) error {
		if err := told.Delete(id); err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
			return fmt.Errorf("have a cgroup told again: %w", err)
		}
		return nil
	})
	if s.ring, err = ringbuf.NewReader(s.programs.collection.Maps[mapEvents]); err != nil {
		return nil, errors.Join(fmt.Errorf("read the ring: %w", err), s.programs.close())
	}
	return s, nil
}

// Close detaches the programs and removes all that Load made. It must not be called while Run works.
func (s *Sensor) Close() error { return errors.Join(s.ring.Close(), s.programs.close()) }

// Sink is who takes events. Its errors end Run.
type Sink interface {
	// Event takes an event, which is the sensor's own: it must not be used after Event returns, nor changed.
	Event(e *event.Event) error
	// Idle is called when nothing more is there for the moment, before the sensor waits.
	Idle() error
}

// Run emits first a row for each process that runs, then rows as things happen, until ctx is done; what is in the ring
// by then is emitted, too. A row waits for the names of its container, for a second at most; those of one container stay
// in order.
func (s *Sensor) Run(ctx context.Context, sink Sink) (err error) {
	s.rows.emit = sink.Event
	if s.spec.Runtime != nil {
		s.rows.naming = newNaming(s.spec.Runtime, s.spec.Now, sink.Event)
		defer func() { err = errors.Join(err, s.rows.naming.end(), s.counted(nil)) }()
	}
	if err := s.snapshot(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.ring.Flush() })
	defer stop()
	return s.follow(sink)
}

// take takes in a record. One that cannot be read is counted.
func (s *Sensor) take(b []byte) error { return s.counted(s.rows.take(b)) }

// counted brings the counts up to date after a record.
func (s *Sensor) counted(err error) error {
	if errors.Is(err, record.ErrMalformed) {
		s.live.malformed.Add(1)
		err = nil
	}
	s.live.rows.Store(s.rows.sent)
	s.live.repeated.Store(s.rows.repeated)
	if n := s.rows.naming; n != nil {
		s.live.named.Store(n.with)
		s.live.unnamed.Store(n.without)
	}
	return err
}

// tidy does what is to be done from time to time.
func (s *Sensor) tidy() error {
	boot, err := sinceBoot()
	if err != nil {
		return err
	}
	s.rows.table.Expire(boot)
	s.live.evicted.Store(s.rows.table.Evicted())
	s.live.processes.Store(int64(s.rows.table.Len()))
	s.live.bytes.Store(s.rows.table.Bytes())
	return s.rows.clock.set()
}
