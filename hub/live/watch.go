package live

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/bind"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// watchRows bounds the rows that wait for one watcher.
const watchRows = 1024

// Watchers show events to those who watch, as they are stored. It implements
// hunt.Watcher.
type Watchers struct {
	now func() time.Time
	any atomic.Bool // somebody watches
	mu  sync.RWMutex
	set map[*watch]bool
}

// NewWatchers returns watchers of nothing yet: Tap shows them events.
func NewWatchers(now func() time.Time) *Watchers {
	return &Watchers{now: now, set: map[*watch]bool{}}
}

// Tap shows an event to those who watch its table. It does not wait for them.
func (w *Watchers) Tap(e *event.Event) {
	if !w.any.Load() {
		return
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	for one := range w.set {
		if one.scan.Table != e.Class {
			continue
		}
		select {
		case one.rows <- rowOf(one.scan.Fields, e):
		default:
			one.missed.Add(1)
		}
	}
}

// Watch starts to watch a table.
func (w *Watchers) Watch(ctx context.Context, r hunt.WatchRequest) (hunt.Answer, error) {
	class, ok := event.ClassByName(r.Table)
	if !ok {
		return nil, problem.New(problem.BadRequest, "there is no table %q", r.Table).Advise("name one of those that lynceus fields lists")
	}
	text := class.String()
	if r.Where != "" {
		text += " | where " + r.Where
	}
	q, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	node, err := bind.Bind(q, bind.Options{Catalog: bind.Registry(), Now: ticks(w.now())})
	if err != nil {
		return nil, err
	}
	if node, err = r.Scope.Apply(node); err != nil {
		return nil, err
	}
	one := &watch{watchers: w, cols: node.Columns(), rows: make(chan []value.Value, watchRows), start: w.now()}
	for n := node; one.scan == nil; {
		switch x := n.(type) {
		case *plan.Where:
			n = x.In
		case *plan.Scan:
			one.scan = x
		default:
			return nil, problem.New(problem.BadRequest, "only a condition can be watched by").Advise(`write what would stand after "where", such as resource.type == "secrets"`)
		}
	}
	one.ctx, one.cancel = context.WithCancel(ctx)
	one.answer, err = run.Run(one.ctx, node, run.Options{Now: ticks(w.now()), Source: func(context.Context, plan.Node) (run.Rows, error) { return one.source(), nil }})
	if err != nil {
		one.cancel()
		return nil, err
	}
	w.change(func() { w.set[one] = true })
	return one, nil
}

func (w *Watchers) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
	w.any.Store(len(w.set) > 0)
}

// watch is one who watches. It implements hunt.Answer.
type watch struct {
	watchers *Watchers
	scan     *plan.Scan
	cols     []plan.Column
	rows     chan []value.Value
	answer   run.Rows
	ctx      context.Context
	cancel   context.CancelFunc
	start    time.Time
	given    atomic.Int64
	missed   atomic.Int64
}

func (o *watch) Columns() []plan.Column { return o.cols }

func (o *watch) Next(dst []value.Value) bool {
	if !o.answer.Next(dst) {
		return false
	}
	o.given.Add(1)
	return true
}

func (o *watch) Err() error { return o.answer.Err() }

func (o *watch) Close() error {
	o.watchers.change(func() { delete(o.watchers.set, o) })
	o.cancel()
	return o.answer.Close()
}

func (o *watch) Progress() hunt.Progress {
	return hunt.Progress{Rows: o.given.Load(), Elapsed: o.watchers.now().Sub(o.start)}
}

func (o *watch) Render() hunt.Render { return hunt.Render{} }

func (o *watch) Notes() []string {
	if n := o.missed.Load(); n > 0 {
		return []string{fmt.Sprintf("%d events came faster than they were read and are not shown; query finds them", n)}
	}
	return nil
}

// source gives the rows that Tap sends, until the watch ends.
func (o *watch) source() run.Rows { return (*watchSource)(o) }

type watchSource watch

func (s *watchSource) Next(dst []value.Value) bool {
	select {
	case <-s.ctx.Done():
		return false
	case row := <-s.rows:
		copy(dst, row)
		return true
	}
}

func (s *watchSource) Err() error   { return nil }
func (s *watchSource) Close() error { return nil }

// ticks returns a time as the query language has it.
func ticks(t time.Time) int64 { return t.UnixNano() / 100 }
