//go:build linux

package sensorcmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/queue"
)

// outlet is where encoded events go. It is for one goroutine, and may wait as long as it likes.
type outlet interface {
	// put takes an event, which is valid until put returns, and whose it is.
	put(it queue.Item, data []byte) error
	// flush sees to it that what was put is seen.
	flush() error
}

// delivery hands encoded events over to an outlet by way of a queue, so that an outlet that does not keep up never holds
// up the sensor.
type delivery struct {
	queue  *queue.Queue
	out    outlet
	done   chan struct{}
	failed atomic.Pointer[error]
}

func newDelivery(out outlet, bytes int64) *delivery {
	return &delivery{queue: queue.New(bytes), out: out, done: make(chan struct{})}
}

// begin begins to hand over. end must be called.
func (d *delivery) begin() {
	go func() {
		defer close(d.done)
		if err := d.work(); err != nil {
			d.failed.Store(&err)
		}
	}()
}

// put queues an event, and returns the error with which the outlet ended, if it did.
func (d *delivery) put(it queue.Item, data []byte) error {
	d.queue.Put(it, data)
	return d.err()
}

// flush has what is queued be handed over now.
func (d *delivery) flush() error {
	d.queue.Flush()
	return d.err()
}

func (d *delivery) err() error {
	if err := d.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// endTime bounds how long what is queued may take at the end.
const endTime = 5 * time.Second

// end hands over what is queued, as far as a few seconds allow, and returns the outlet's error.
func (d *delivery) end() error {
	d.queue.Close()
	late := time.NewTimer(endTime)
	defer late.Stop()
	select {
	case <-d.done:
		return d.err()
	case <-late.C:
		c := d.queue.Counts()
		return fmt.Errorf("nobody took the last %d events within %v", c.Put-c.Taken-c.Shed, endTime)
	}
}

// work hands over until the queue is closed and empty, or the outlet fails.
func (d *delivery) work() error {
	var buf []byte
	for wait := true; ; {
		data, it, ok, err := d.queue.Take(buf[:0], wait)
		buf = data
		switch {
		case errors.Is(err, queue.ErrClosed):
			return d.out.flush()
		case !ok:
			wait = true
			err = d.out.flush()
		default:
			wait = false
			err = d.out.put(it, data)
		}
		if err != nil {
			return err
		}
	}
}

// lines writes each event as it is. It is an outlet.
type lines struct{ out *bufio.Writer }

// writeBytes is how much is written at once, where there is so much.
const writeBytes = 64 << 10

func newLines(w io.Writer) lines { return lines{bufio.NewWriterSize(w, writeBytes)} }

func (l lines) put(_ queue.Item, data []byte) error {
	if _, err := l.out.Write(data); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	return nil
}

func (l lines) flush() error {
	if err := l.out.Flush(); err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}
