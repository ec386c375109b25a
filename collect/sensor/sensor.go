//go:build linux

package sensor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cilium/ebpf"

	"github.com/lynceus-io/lynceus/collect/sensor/digest"
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/collect/sensor/ring"
	"github.com/lynceus-io/lynceus/collect/sensor/users"
	"github.com/lynceus-io/lynceus/event"
)

// Sensor is what has been attached to the kernel. Close removes it.
type Sensor struct {
	spec     Spec
	programs *programs
	ring     *ring.Ring
	bell     *bell
	waiting  *ebpf.Variable // in the kernel: set it to be woken
	rows     *rows
	changes  *changes // nil unless the plan wants files that change without a hook
	tidied   int      // how often
	live     live
	planning sync.Mutex        // held while the plan or the capture is another one
	enforcer *enforce.Enforcer // nil without policies
}

// live is what Stats may read while Run works.
type live struct {
	rows, repeated, filtered, unread, malformed, evicted, named, unnamed, amended, waits atomic.Uint64
	processes, bytes                                                                     atomic.Int64
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
		caps:  capabilities{}, hasher: event.NewUIDHasher(), sequence: sequence, network: newNetwork(spec.AddressNames),
		noEnds: spec.NoEnds, since: sequence, ending: map[string]record.Actor{},
		users: users.New(spec.Proc, spec.Now),
	}}
	s.rows.plan.Store(&spec.Plan)
	if err := s.rows.clock.set(); err != nil {
		return nil, err
	}
	if s.programs, err = load(spec); err != nil {
		return nil, err
	}
	if s.changes, err = newChanges(&spec, s.rows); err != nil {
		return nil, errors.Join(err, s.programs.close())
	}
	s.waiting = s.programs.collection.Variables[varWaiting]
	told := s.programs.collection.Maps[mapCgroups]
	s.rows.cgroups = newCgroups(func(id uint64) error {
		if err := told.Delete(id); err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
			return fmt.Errorf("have a cgroup told again: %w", err)
		}
		return nil
	})
	fd := s.programs.collection.Maps[mapEvents].FD()
	if s.ring, err = ring.Open(fd, spec.RingBytes); err != nil {
		return nil, errors.Join(err, s.changes.close(), s.programs.close())
	}
	if s.bell, err = newBell(fd); err != nil {
		return nil, errors.Join(err, s.ring.Close(), s.changes.close(), s.programs.close())
	}
	if err := s.enforce(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close detaches the programs and removes all that Load made. It must not be called while Run works.
func (s *Sensor) Close() error {
	if s.enforcer != nil {
		s.enforcer.Close()
	}
	return errors.Join(s.bell.close(), s.ring.Close(), s.changes.close(), s.programs.close())
}

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
	if s.spec.Hash {
		s.rows.hashing = newHashing(digest.New(digest.Options{Proc: s.spec.Proc, Rate: s.spec.hashRate}), s.rows.containerOf, sink.Event)
		s.rows.emit = s.rows.hashing.send
		defer s.rows.hashing.hasher.Close()
	}
	if s.spec.Runtime != nil {
		s.rows.naming = newNaming(s.spec.Runtime, s.spec.Pods, s.spec.Now, s.rows.emit)
		if s.rows.hashing != nil {
			s.rows.naming.emitFirst = s.rows.hashing.sendFirst
		}
		if s.enforcer != nil {
			heard := s.heard
			s.rows.naming.heard.Store(&heard)
		}
		defer func() { err = errors.Join(err, s.rows.naming.end(), s.counted(nil)) }()
	}
	if err := errors.Join(s.snapshot(), s.sockets()); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.bell.ring() }) // it fails when there is nobody to wake
	defer stop()
	watched := make(chan error, 1)
	watching, cancel := context.WithCancel(ctx)
	go func() { watched <- s.changes.watch(watching, s.bell.ring) }()
	defer func() { cancel(); err = errors.Join(err, <-watched) }()
	return s.follow(ctx, sink) // not watching: that may be done only after the bell was rung for the end
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
	s.live.unread.Store(s.rows.network.unread)
	s.live.filtered.Store(s.rows.filtered)
	if n := s.rows.naming; n != nil {
		s.live.named.Store(n.with)
		s.live.unnamed.Store(n.without - n.amended)
		s.live.amended.Store(n.amended)
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
	if err := s.rows.endings(); err != nil {
		return err
	}
	s.live.evicted.Store(s.rows.table.Evicted())
	s.live.processes.Store(int64(s.rows.table.Len()))
	s.live.bytes.Store(s.rows.table.Bytes())
	if s.tidied++; s.tidied%sweepEach == 0 {
		err = s.sweep()
	}
	return errors.Join(err, s.rows.clock.set())
}
