package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/ledger"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/store/lake"
)

// logsSuffix ends the name of the bus by which judged events go to the store.
const logsSuffix = "_judged"

// openLogs opens the bus between detection and the store, where they are apart.
func (u *Up) openLogs(ctx context.Context) (err error) {
	o := u.busOptions()
	o.Name, o.Partitions, o.KeepLast = nameOr(o.Name)+logsSuffix, u.bus.Partitions(), true
	o.MaxBytes = shareOf(o.MaxBytes, o.Partitions)
	if u.logs, err = bus.Open(ctx, o); err != nil {
		return err
	}
	u.onStop("bus of what was judged", u.logs.Close)
	if u.past == nil {
		u.past = everything{u.logs}
	}
	return nil
}

// nameOr is the name of a bus.
func nameOr(name string) string {
	if name == "" {
		return "lynceus"
	}
	return name
}

// makeStorage starts what takes what was judged into the store.
func (u *Up) makeStorage(ctx context.Context) error {
	storers := make([]*live.Storer, u.logs.Partitions())
	for i := range storers {
		source, err := u.logs.Consumer(ctx, consumerName, i)
		if err != nil {
			return err
		}
		storers[i] = &live.Storer{Source: source, Lake: u.store.lake, Tally: u.tally, Tap: u.tap, Counts: &u.storing, Log: u.o.Log, Now: u.o.Now}
	}
	for i, s := range storers {
		u.run(ctx, fmt.Sprintf("store of partition %d", i), s.Run)
	}
	u.run(ctx, "answers about the past", func(ctx context.Context) error {
		return live.AnswerPast(ctx, u.logs, u.store.lake, func(partition int) uint64 { return storers[partition].Stored() })
	})
	return nil
}

// ownRows is where this process puts rows that it makes of itself.
func (u *Up) ownRows() live.Store {
	if u.store != nil {
		return live.Lake{Lake: u.store.lake}
	}
	return live.Mailer{To: u.bus}
}

// coverage says what is missing of a stretch of time.
func (u *Up) coverage(ctx context.Context, q coverage.Question) (*coverage.Statement, error) {
	if u.store != nil {
		return u.store.Coverage(ctx, q)
	}
	ctx, cancel := context.WithTimeout(ctx, farTime)
	defer cancel()
	b, err := ledger.Read(ctx, u.past, u.o.Silence, u.o.Now())
	if err != nil {
		return nil, problem.New(problem.Unavailable, "what was not seen is known by the process with the store, which does not answer").Because(err)
	}
	return b.State(q, u.o.Now()), nil
}

// farTime bounds what a question to the API may cost of the process with the
// store.
const farTime = 30 * time.Second

// watcher is who shows events as they are stored.
func (u *Up) watcher() hunt.Watcher {
	if u.store != nil {
		return u.watchers
	}
	return elsewhere{}
}

// elsewhere answers questions in a process that cannot. It implements
// hunt.Querier and hunt.Watcher.
type elsewhere struct{}

// Query implements hunt.Querier.
func (elsewhere) Query(context.Context, hunt.Request) (hunt.Answer, error) {
	return nil, problem.New(problem.Unavailable, "this process answers no questions").Advise("ask one that has the role api")
}

// Explain implements hunt.Querier.
func (e elsewhere) Explain(ctx context.Context, r hunt.Request) (string, error) {
	_, err := e.Query(ctx, r)
	return "", err
}

// Watch implements hunt.Watcher.
func (elsewhere) Watch(context.Context, hunt.WatchRequest) (hunt.Answer, error) {
	return nil, problem.New(problem.Unavailable, "this process does not see events as they are stored").Advise("watch at the one that has the role storage")
}

// everything is all that is stored, as the process with the store knows it. It
// implements live.Past and may be used by several goroutines.
type everything struct{ logs *bus.Bus }

func (p everything) remote() *live.RemotePast { return &live.RemotePast{Bus: p.logs, Of: 1} }

// Span implements live.Past.
func (p everything) Span(ctx context.Context, c event.Class) (first, last time.Time, ok bool, err error) {
	return p.remote().Span(ctx, c)
}

// Held implements live.Past.
func (p everything) Held(ctx context.Context, sel lake.Selection) (int64, error) {
	return p.remote().Held(ctx, sel)
}

// Scan implements live.Past.
func (p everything) Scan(ctx context.Context, sel lake.Selection, f func(*event.Event) error) error {
	return p.remote().Scan(ctx, sel, f)
}
