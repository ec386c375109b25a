package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/event"
)

const (
	// usesWaiting bounds the uses that are not written yet.
	usesWaiting = 4096
	// usesEvery is how often they are written.
	usesEvery = time.Second
)

// UsesPartition is the partition under which the lake knows the uses of
// Lynceus itself.
const UsesPartition = "uses"

// Uses writes what people do with Lynceus into the table selfaudit. It
// implements api.UseRecorder.
type Uses struct {
	store   Store
	log     *slog.Logger
	waiting chan api.Use
	row     event.Event
	hasher  *event.UIDHasher
}

// NewUses returns a recorder; Run writes what it is given.
func NewUses(s Store, log *slog.Logger) *Uses {
	return &Uses{store: s, log: log, waiting: make(chan api.Use, usesWaiting), hasher: event.NewUIDHasher()}
}

// Record takes one use. It does not wait: an error says that too many are
// waiting.
func (u *Uses) Record(_ context.Context, use api.Use) error {
	select {
	case u.waiting <- use:
		return nil
	default:
		return errors.New("too many uses wait to be written")
	}
}

// Run writes uses until ctx ends, and then those that wait.
func (u *Uses) Run(ctx context.Context) error {
	tick := time.NewTicker(usesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return u.flush(context.WithoutCancel(ctx))
		case <-tick.C:
			if err := u.flush(ctx); err != nil {
				u.log.Error("uses could not be recorded", "error", err)
			}
		}
	}
}

// flush writes what waits now. When that fails it is logged in full, so that
// the record is somewhere.
func (u *Uses) flush(ctx context.Context) error {
	n := len(u.waiting)
	if n == 0 {
		return nil
	}
	uses := make([]api.Use, 0, n)
	for range n {
		uses = append(uses, <-u.waiting)
	}
	if err := u.write(ctx, uses); err != nil {
		for i := range uses {
			x := &uses[i]
			u.log.Warn("use", "who", x.Who, "action", x.Action, "what", x.What, "outcome", x.Outcome, "time", x.Time)
		}
		return fmt.Errorf("write the record of uses: %w", err)
	}
	return nil
}

func (u *Uses) write(ctx context.Context, uses []api.Use) error {
	at := u.store.Mark(UsesPartition) + 1
	a := u.store.Begin(UsesPartition, at, at)
	defer func() { _ = a.Abort() }() // nothing to do after Commit
	for i := range uses {
		u.fill(&uses[i], at, i)
		if err := a.Add(&u.row); err != nil {
			return err
		}
	}
	return a.Commit(ctx)
}

func (u *Uses) fill(x *api.Use, at uint64, i int) {
	e := &u.row
	e.Reset(event.ClassSelfAudit)
	event.MetadataUID.Set(e, u.hasher.Sum("use", x.Time.String(), fmt.Sprint(at), fmt.Sprint(i)).String())
	event.MetadataSource.Set(e, "lynceus")
	event.Time.Set(e, x.Time.UnixNano())
	event.ActorUserName.Set(e, x.Who)
	event.ActorUserUID.Set(e, x.ID)
	if host, _, err := net.SplitHostPort(x.Remote); err == nil {
		event.SrcEndpointIP.Set(e, host)
	}
	event.Action.Set(e, x.Action)
	event.Role.Set(e, x.Role)
	event.SessionMethod.Set(e, x.Method)
	event.SessionScope.Set(e, x.Scope)
	event.Message.Set(e, x.What)
	event.DurationMs.Set(e, x.Duration.Milliseconds())
	event.Status.Set(e, "Success")
	if x.Outcome != "ok" {
		event.Status.Set(e, "Failure")
		event.StatusDetail.Set(e, x.Outcome)
	}
}
