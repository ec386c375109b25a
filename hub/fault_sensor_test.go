//go:build cgo

package hub

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/link"
	sending "github.com/lynceus-io/lynceus/bus/outbox"
	"github.com/lynceus-io/lynceus/bus/spool"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// The rows of the fault table (docs/faults.md): a hub as it is, with a gate, a bus and a store, and sensors' sides as they
// are, with a spool, a certificate and a link. Something is broken while numbered events come; in the end a query finds each
// event that went in, once.

// sensorOptions say what a sensor of these tests is.
type sensorOptions struct {
	hub, node, dir string
	proof          enroll.Proof
	now            func() time.Time // nil for time.Now
	each           time.Duration    // between two bursts of events
	said           func(error)      // is told what the outbox says; nil for nobody
	// kept is told of a sensor's life how many of its events are in the spool, each time some more are; nil for nobody, and
	// for batches that are sealed when they are old enough.
	kept func(life int64, n int)
}

// burst is how many events come at once.
const burst = 10

// faultSensor is a sensor's side of the way to the hub, with events that are made up.
type faultSensor struct {
	o       sensorOptions
	box     *sending.Outbox
	found   spool.Found
	link    atomic.Pointer[link.Link]
	holder  atomic.Pointer[enroll.Holder]
	put     atomic.Int64 // events that the outbox took
	aged    atomic.Int64 // by how much the outbox's clock is ahead, so that a batch is old enough at once
	stop    context.CancelFunc
	cut     context.CancelFunc
	making  sync.WaitGroup
	running sync.WaitGroup
	failed  chan error
}

// startSensor begins to make events, and to send them as soon as that can be done.
func startSensor(o sensorOptions) (*faultSensor, error) {
	if o.now == nil {
		o.now = time.Now
	}
	if o.said == nil {
		o.said = func(error) {}
	}
	if o.each == 0 {
		o.each = 25 * time.Millisecond
	}
	s := &faultSensor{o: o, failed: make(chan error, 8)}
	now := o.now
	if o.kept != nil {
		now = func() time.Time { return o.now().Add(time.Duration(s.aged.Load())) }
	}
	var err error
	s.box, s.found, err = sending.Open(sending.Options{Spool: spool.Options{Dir: filepath.Join(o.dir, "spool")}, Source: sensorSource, Now: now})
	if err != nil {
		return nil, err
	}
	making, stop := context.WithCancel(context.Background())
	running, cut := context.WithCancel(context.Background())
	s.stop, s.cut = stop, cut
	s.making.Go(func() { s.note(s.make(making)) })
	s.running.Go(func() { s.note(s.send(running)) })
	return s, nil
}

func (s *faultSensor) note(err error) {
	if err != nil {
		s.failed <- fmt.Errorf("%s: %w", s.o.node, err)
	}
}

// make makes events until ctx ends.
func (s *faultSensor) make(ctx context.Context) error {
	life := time.Now().UnixNano() // no event of an earlier run has the same identity
	var e event.Event
	tick := time.NewTicker(s.o.each)
	defer tick.Stop()
	for n := 0; ; n++ {
		for i := range burst {
			e.Reset([]event.Class{event.ClassProcess, event.ClassFile}[i%2])
			event.MetadataUID.Set(&e, fmt.Sprintf("%s-%d-%d-%d", s.o.node, life, n, i))
			event.ContainerUID.Set(&e, fmt.Sprint("c", i%3))
			event.Time.Set(&e, s.o.now().UnixNano())
			event.ReceivedTime.Set(&e, s.o.now().UnixNano())
			event.Activity.Set(&e, "Open")
			event.K8sPod.Set(&e, fmt.Sprint(life))
			if err := s.box.Put(queue.Of(&e), wire.AppendEvent(nil, &e)); err != nil {
				return err
			}
			s.put.Add(1)
		}
		if s.o.kept != nil {
			s.aged.Add(int64(sending.Linger))
			if err := s.box.Flush(); err != nil {
				return err
			}
			s.o.kept(life, (n+1)*burst)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// send enrolls, connects and sends until ctx ends.
func (s *faultSensor) send(ctx context.Context) error {
	h, err := enroll.Hold(ctx, enroll.Options{
		Hub: enroll.Hub{URL: s.o.hub}, Dir: s.o.dir, Now: s.o.now, Proof: func() (enroll.Proof, error) { return s.o.proof, nil },
	})
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	s.holder.Store(h)
	l, err := link.Dial(link.Options{Gate: h.Gate(), Identity: h.Identity, Now: s.o.now})
	if err != nil {
		return err
	}
	defer l.Close()
	s.link.Store(l)
	var keeping sync.WaitGroup
	keeping.Go(func() { h.Keep(ctx, l) })
	defer keeping.Wait()
	return s.box.Run(ctx, l, s.o.said)
}

// quiet ends the making of events.
func (s *faultSensor) quiet() {
	s.stop()
	s.making.Wait()
}

// end makes no more events, waits until the hub has all, and ends the sensor. Nothing may have been given up.
func (s *faultSensor) end(ctx context.Context) error {
	s.quiet()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	err := s.box.Drain(ctx)
	if c := s.box.Stats(); err == nil && (c.Shed > 0 || c.Lost > 0 || c.Refused > 0 || c.Damaged > 0) {
		err = fmt.Errorf("%s gave up events: %+v", s.o.node, c)
	}
	return errors.Join(err, s.leave())
}

// leave ends the sensor; what is in its spool waits for the next one of the directory.
func (s *faultSensor) leave() error {
	s.quiet()
	s.cut()
	s.running.Wait()
	errs := []error{s.box.Close()}
	for len(s.failed) > 0 {
		errs = append(errs, <-s.failed)
	}
	return errors.Join(errs...)
}

// sensorFor starts a sensor that ends with the test.
func sensorFor(t *testing.T, o sensorOptions) *faultSensor {
	t.Helper()
	s, err := startSensor(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.leave(); err != nil && !t.Failed() && !errors.Is(err, spool.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

// finish waits until the hub has everything of sensors, and ends them. It returns how many events went in.
func finish(t *testing.T, sensors ...*faultSensor) (put int64) {
	t.Helper()
	for _, s := range sensors {
		if err := s.end(t.Context()); err != nil {
			t.Fatal(err)
		}
		put += s.put.Load()
	}
	return put
}

// allThere holds that queries find so many events of sensors, each once.
func allThere(t *testing.T, u *Up, put int64) {
	t.Helper()
	got := ""
	defer func() {
		c := u.consumer.Counts
		t.Logf("%d events went in, %s are found; %d batches stored, %d came again, %d put aside", put, got, c.Batches.Load(), c.Resent.Load(), c.Quarantined.Load())
	}()
	want := fmt.Sprint(put)
	until(t, 3*time.Minute, "not all is stored", func() bool {
		got = number(t, u.store, "union process, file | count")
		return got == want || len(got) > len(want) || len(got) == len(want) && got > want
	})
	if got != want {
		t.Errorf("%s events are found, %s went in", got, want)
	}
	if n := number(t, u.store, "union process, file | distinct metadata.uid | count"); n != want {
		t.Errorf("%s different events are found, %s went in", n, want)
	}
	select {
	case err := <-u.failed:
		t.Errorf("a part of the hub failed: %v", err)
	default:
	}
}

// moves waits until the hub has more of a sensor than when it is called.
func moves(t *testing.T, s *faultSensor) {
	t.Helper()
	was := s.box.Stats().Sent
	until(t, time.Minute, "nothing goes to the hub", func() bool { return s.box.Stats().Sent > was })
}
