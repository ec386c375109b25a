package api

import (
	"bytes"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/value"
)

// How often a client hears of an answer: rows are sent when there are
// flushBytes of them or they have waited for a tick.
const (
	flushBytes = 64 << 10
	tickEvery  = 250 * time.Millisecond
)

// lineWriter gathers what is to be sent and sends it in pieces. A client that
// does not read a piece within the stall time is cut off.
type lineWriter struct {
	w     http.ResponseWriter
	stall time.Duration
	buf   bytes.Buffer
}

func (l *lineWriter) full() bool { return l.buf.Len() >= flushBytes }

func (l *lineWriter) flush() error {
	rc := http.NewResponseController(l.w)
	if err := rc.SetWriteDeadline(time.Now().Add(l.stall)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return sendError(err)
	}
	if l.buf.Len() > 0 {
		if _, err := l.w.Write(l.buf.Bytes()); err != nil {
			return sendError(err)
		}
		l.buf.Reset()
	}
	if err := rc.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return sendError(err)
	}
	return nil
}

// streamer sends an answer: rows as they come, and on every tick what waits
// and how far it is.
type streamer struct {
	mu     sync.Mutex // rows and ticks take turns
	enc    encoder
	out    *lineWriter
	answer hunt.Answer
	failed error // of a tick; the rows stop
}

// stream sends an answer in a form; tell makes a problem of what ended it.
func (c *call) stream(f format, a hunt.Answer, tell func(error) error) error {
	out := &lineWriter{w: c.w, stall: c.s.limits.Stall}
	st := &streamer{enc: f.make(out), out: out, answer: a}
	c.w.Header().Set("Content-Type", f.media)
	if s := hunt.CoverageOf(a); s != nil {
		c.w.Header().Set(coverageHeader, headerText(s.Line())) // for forms that have no place for it
	}
	c.w.Header().Set("X-Accel-Buffering", "no") // nginx passes each piece on at once
	if err := st.enc.head(a); err != nil {
		return err
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		st.tick(stop)
	}()
	err := st.rows(&c.rows)
	close(stop)
	<-stopped
	if errors.Is(err, errSent) {
		return err
	}
	if err == nil {
		err = a.Err()
	}
	var p *problem.Problem
	if err != nil {
		err = tell(err)
		p = problem.Of(err)
	}
	endErr := st.enc.end(a, p)
	if errors.Is(endErr, errAbort) && c.w.status == 0 {
		return err // nothing was sent: the problem itself can be
	}
	if endErr != nil {
		return errors.Join(err, endErr)
	}
	return errors.Join(err, out.flush())
}

func (st *streamer) rows(n *int64) error {
	row := make([]value.Value, len(st.answer.Columns()))
	for st.answer.Next(row) {
		*n++
		st.mu.Lock()
		err := st.failed
		if err == nil {
			err = st.enc.row(row)
		}
		if err == nil && st.out.full() {
			err = st.out.flush()
		}
		st.mu.Unlock()
		if err != nil {
			return err
		}
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.failed
}

// tick sends what waits, and the progress, until stop is closed. Where that
// fails the answer is closed, so that a row that never comes is not waited for.
func (st *streamer) tick(stop <-chan struct{}) {
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case <-t.C:
		}
		st.mu.Lock()
		err := st.enc.progress(st.answer.Progress())
		if err == nil {
			err = st.out.flush()
		}
		st.failed = err
		st.mu.Unlock()
		if err != nil {
			st.answer.Close()
			return
		}
	}
}
