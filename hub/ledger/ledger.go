// Package ledger keeps the hub's ledger: it takes in what sources say of themselves, adds what the hub knows of them each
// minute as rows of the table health, says which conditions hold, and tells those as findings that begin and end. It
// also sends trials along the hub's own way. docs/coverage.md says what all of it means.
package ledger

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/store/lake"
)

// CheckEvery is how often it is looked at what holds: what goes wrong is told that soon after it can be known.
const CheckEvery = 5 * time.Second

// Partition is the partition under which the lake knows the ledger's own rows.
const Partition = "ledger"

// Options are what a Ledger is made with. Lake, Tally, Log and Now are needed.
type Options struct {
	Lake  *lake.Lake
	Tally *coverage.Tally
	// Gather adds to the tally what the hub counts elsewhere. It is called before each account is made; nil for nothing.
	Gather func(t *coverage.Tally)
	// Conditions are those that the hub knows besides the ledger's own; nil for none.
	Conditions func(ctx context.Context) []coverage.Condition
	// Muted returns how many matches of each rule were only counted, Title what a rule is called; nil for none.
	Muted func() map[string]int64
	Title func(rule string) string
	// Silence is how long sources that are no sensors may say nothing.
	Silence time.Duration
	// Bus is where trials are sent, and Queries who is asked for them; without both there are none.
	Bus     live.Publisher
	Queries hunt.Querier
	// Tap sees the rows that the ledger writes; nil for nobody. It keeps nothing.
	Tap func(*event.Event)
	Log *slog.Logger
	Now func() time.Time
}

// Ledger is the ledger of a hub.
type Ledger struct {
	o      Options
	book   *coverage.Book
	nodes  nodes
	trials *trials
	holds  atomic.Pointer[[]coverage.Condition]

	// For the goroutine of Check.
	told      map[string]int64 // the next revision of each health finding that holds
	hasher    *event.UIDHasher
	row       event.Event
	accounted time.Time // until when the hub's accounts reach
	checked   time.Time // when Check was called last
	waiting   []coverage.Account
	trying    sync.WaitGroup

	looking sync.Mutex // guards what follows
	board   *coverage.Board
	muted   map[string]muted
	// untold are conditions whose findings are to be written, over those that ended.
	untold, over []coverage.Condition
}

// New returns the ledger of a store, which knows what that has: what was accounted for, and which conditions held.
func New(ctx context.Context, o Options) (*Ledger, error) {
	l := &Ledger{
		o: o, told: map[string]int64{}, hasher: event.NewUIDHasher(), accounted: o.Now().Truncate(time.Minute), muted: map[string]muted{},
		nodes: newNodes(), trials: newTrials(),
	}
	var err error
	if l.book, err = read(ctx, live.Lake{Lake: o.Lake}, o.Silence, o.Now(), l.trials.restored); err != nil {
		return nil, err
	}
	if err := l.nodes.restore(ctx, o.Lake); err != nil {
		return nil, err
	}
	open, err := l.restoreFindings(ctx)
	if err != nil {
		return nil, err
	}
	l.board = coverage.NewBoard(open)
	l.holds.Store(&open)
	return l, nil
}

// Run keeps the ledger until ctx ends. What fails is tried again.
func (l *Ledger) Run(ctx context.Context) error {
	defer l.trying.Wait()
	tick := time.NewTicker(CheckEvery)
	defer tick.Stop()
	for {
		if err := l.Check(ctx); err != nil && ctx.Err() == nil {
			l.o.Log.Error("the ledger could not be written; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Check accounts for the minutes that have passed, sends and looks for trials, and tells which conditions began and
// ended. It is for one goroutine, that of Run.
func (l *Ledger) Check(ctx context.Context) error {
	now := l.o.Now()
	l.heed(now)
	l.account(now)
	l.try(ctx, now)
	// What holds is known before anything is written: a disk that is full is one of the conditions.
	l.Look(ctx)
	return errors.Join(l.tell(ctx, now), l.flush(ctx, now))
}

// setBack is how far the clock has to go back to be taken to have been set: more than a daemon that keeps it right does.
const setBack = time.Second

// heed takes in where the clock is: where it was set back, what was kept of the time that is to come again is given up, and
// accounts begin anew.
func (l *Ledger) heed(now time.Time) {
	wall := now.Round(0) // without what the clock's being set does not change
	if back := l.checked.Sub(wall); back > setBack {
		l.o.Log.Warn("the clock was set back: what is told of the time after is told again", "by", back)
		l.book.SetBack(wall)
		l.accounted = wall.Truncate(time.Minute)
		l.trials.setBack(now)
	}
	l.checked = wall
}

// Book is the ledger in memory.
func (l *Ledger) Book() *coverage.Book { return l.book }

// State returns the coverage of a stretch of time.
func (l *Ledger) State(q coverage.Question) *coverage.Statement { return l.book.State(q, l.o.Now()) }

// Conditions returns what held at the last look, which is seconds ago at most, the worst first. It is not to be changed.
func (l *Ledger) Conditions() []coverage.Condition { return *l.holds.Load() }

// Observe takes in an event that is being stored, of which it keeps nothing. It may be called by several goroutines.
func (l *Ledger) Observe(e *event.Event) {
	switch e.Class {
	case event.ClassAudit:
		l.trials.request(e, l.o.Now())
	case event.ClassInventory:
		l.nodes.observe(e)
	case event.ClassHealth:
		a, ok := coverage.Read(e)
		if !ok {
			return
		}
		if a.Kind == coverage.Trial {
			l.trials.arrived(&a, l.o.Now())
			return
		}
		a.ByHub(l.o.Now())
		l.book.Add(&a)
		l.trials.expect(&a, l.o.Now())
	}
}
