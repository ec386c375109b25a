//go:build linux

package sensorcmd

import (
	"fmt"
	"io"
	"math"
	"net"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/collect/sensor/stream"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/node"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// writer writes events, and what rules find in them, in one form. It is a sensor.Sink.
type writer struct {
	*delivery
	form    form
	judge   *node.Judge // nil without rules
	next    atomic.Pointer[turn]
	quiet   bool // events are not written
	also    func(*detect.Finding) error
	now     func() time.Time
	data    []byte
	trials  *trials       // nil where none are made
	reports bool          // it takes reports of the sensor, too
	large   func() uint64 // events that fit into no batch
	uplink  *uplink       // to a hub; nil where events go elsewhere
}

// newWriter returns a writer of lines. With a judge it writes findings, too, and hands each to also unless that is nil.
func newWriter(f form, out io.Writer, now func() time.Time) *writer {
	return &writer{delivery: newDelivery(newLines(out), 0), form: f.lines(), now: now}
}

// newStreamWriter returns a writer of batches of events. It finds nothing in them: who takes them does.
func newStreamWriter(conn *net.UnixConn, now func() time.Time) *writer {
	out := newBatches(stream.NewSender(conn, uint64(now().UnixNano())), now)
	return &writer{delivery: newDelivery(out, 0), form: form{event: wire.AppendEvent}, now: now, reports: true, large: out.large.Load}
}

// encode puts an event by itself: a row about health.
func (w *writer) encode(e *event.Event) error { return w.put(queue.Of(e), w.form.event(nil, e)) }

// newHubWriter returns a writer of what goes to a hub by way of an outbox. With a judge it sends findings, too.
func newHubWriter(u *uplink, now func() time.Time) *writer {
	w := &writer{delivery: newDelivery(u, 0), form: rowForm(now), now: now, reports: true, uplink: u}
	u.queued = func() uint64 { return w.queue.Counts().Shed }
	return w
}

// sights returns what a report tells of.
func (w *writer) sights(s *sensor.Sensor) (*sights, error) {
	stats, err := s.Stats()
	if err != nil {
		return nil, err
	}
	out := &sights{stats: stats, queue: w.queue.Counts(), shed: w.queue.TakeShed()}
	if w.large != nil {
		out.large = w.large()
	}
	if w.uplink != nil {
		out.way = w.uplink.way()
	}
	return out, nil
}

// turn is a judge that takes another one's place; nil for none.
type turn struct{ judge *node.Judge }

// replace has another judge judge what comes from now on. It may be called by any goroutine.
func (w *writer) replace(j *node.Judge) { w.next.Store(&turn{j}) }

// change has the judge that was put in place judge, after the one before has said what it has still to say.
func (w *writer) change() error {
	if w.next.Load() == nil {
		return nil
	}
	err := w.last()
	w.judge = w.next.Swap(nil).judge
	return err
}

// Event writes an event and what is found in it.
func (w *writer) Event(e *event.Event) error {
	if w.trials != nil {
		if taken, err := w.trials.takes(e); taken {
			return err
		}
	}
	if err := w.change(); err != nil {
		return err
	}
	if !w.quiet {
		w.data = w.form.event(w.data[:0], e)
		if w.uplink != nil && w.uplink.captures != nil && event.CaptureUID.Has(e) {
			w.uplink.captures.count(event.CaptureUID.Get(e), len(w.data))
		}
		if err := w.put(queue.Of(e), w.data); err != nil {
			return err
		}
	}
	if w.judge == nil {
		return nil
	}
	return w.findings(w.judge.Event(e))
}

// Idle sees to it that what was written is seen.
func (w *writer) Idle() error {
	if err := w.change(); err != nil {
		return err
	}
	if w.judge != nil {
		if err := w.findings(w.judge.Pass(w.now().Add(-node.Lateness).UnixNano())); err != nil {
			return err
		}
	}
	return w.flush()
}

// last writes what rules have still to say at the end.
func (w *writer) last() error {
	if w.judge == nil {
		return nil
	}
	return w.findings(w.judge.Pass(math.MaxInt64))
}

// findings writes what rules found, and hands each to also, too, unless that is nil.
func (w *writer) findings(list []*detect.Finding) (err error) {
	for _, f := range list {
		if w.data, err = w.form.finding(w.data[:0], f); err != nil {
			return fmt.Errorf("write a finding: %w", err)
		}
		if err := w.put(queue.Item{Class: event.ClassFinding, Matters: true}, w.data); err != nil {
			return err
		}
		if w.also != nil {
			if err := w.also(f); err != nil {
				return err
			}
		}
	}
	return nil
}
