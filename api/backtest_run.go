package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/detect/backtest"
)

// backtest tries rules on the stored past. Whoever goes away ends it.
func (c *call) backtest() error {
	if c.s.o.Backtest == nil {
		return missing("trying rules on the past")
	}
	f, err := c.format([]format{{media: "application/x-ndjson"}, {media: "application/json"}})
	if err != nil {
		return err
	}
	b, notes, err := c.backtestAsked()
	if err != nil {
		return err
	}
	done, err := c.backtestSlot()
	if err != nil {
		return err
	}
	defer done()
	var run backtestRun
	b.Progress = run.progress
	if !c.who.Scope.All() {
		b.Progress = func(int64, int64) {} // how much is read is about others, too
	}
	if f.media == "application/json" {
		r, err := c.judgePast(c.r.Context(), b)
		if err != nil {
			return err
		}
		return c.json(http.StatusOK, BacktestAnswer{r, notes})
	}
	return c.backtestStream(b, &run, notes)
}

// backtestRun is how far one has come, written by who judges and read by who
// tells.
type backtestRun struct{ events, total atomic.Int64 }

func (r *backtestRun) progress(events, total int64) {
	r.events.Store(events)
	r.total.Store(total)
}

func (r *backtestRun) at(elapsed time.Duration) *BacktestProgress {
	return &BacktestProgress{Events: r.events.Load(), Total: r.total.Load(), ElapsedMs: elapsed.Milliseconds()}
}

// backtestStream tells the progress until there is a result.
func (c *call) backtestStream(b Backtest, run *backtestRun, notes []string) error {
	ctx, cancel := context.WithCancel(c.r.Context())
	defer cancel()
	out := &lineWriter{w: c.w, stall: c.s.limits.Stall}
	c.w.Header().Set("Content-Type", "application/x-ndjson")
	c.w.Header().Set("X-Accel-Buffering", "no")
	write := func(line BacktestLine) error {
		if err := json.NewEncoder(&out.buf).Encode(line); err != nil {
			return err
		}
		return out.flush()
	}
	start := c.s.o.Now()
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		tick := time.NewTicker(tickEvery)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			case <-tick.C:
			}
			if err := write(BacktestLine{Type: "progress", Progress: run.at(c.s.o.Now().Sub(start))}); err != nil {
				cancel()
				stopped <- err
				return
			}
		}
	}()
	r, err := c.judgePast(ctx, b)
	close(stop)
	if sent := <-stopped; sent != nil {
		return sent
	}
	line := BacktestLine{Type: "result", Answer: &BacktestAnswer{r, notes}}
	if err != nil {
		line = BacktestLine{Type: "error", Error: problem.Of(err)}
	}
	return errors.Join(err, write(line))
}

// backtestSlot waits for a place among the backtests: one reads and judges as
// fast as a processor can.
func (c *call) backtestSlot() (func(), error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), c.s.limits.QueryWait)
	defer cancel()
	select {
	case c.s.backtests <- struct{}{}:
		return func() { <-c.s.backtests }, nil
	case <-ctx.Done():
		if err := c.r.Context().Err(); err != nil {
			return nil, err
		}
		c.s.metrics.limited.WithLabelValues("backtests").Inc()
		return nil, problem.New(problem.Busy, "another backtest runs already").After(busyWait).Advise("try again when it is done")
	}
}

// judgePast is Options.Backtest. How much was read for the answer is not told
// to whoever is limited: it is about others, too.
func (c *call) judgePast(ctx context.Context, b Backtest) (*backtest.Result, error) {
	r, err := c.s.o.Backtest(ctx, b)
	if err == nil && !c.who.Scope.All() {
		r.ReadBytes = 0
	}
	return r, err
}
