package outbox

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/spool"
)

// How long a batch waits before it is sent again: about twice as long each time.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// Run sends what is in the spool until ctx ends or the outbox is closed. Said is told of what the hub refuses for good, and
// of each error that is not the one before, but of a hub that is busy.
func (b *Outbox) Run(ctx context.Context, r Road, said func(error)) error {
	pause := firstPause
	last := ""
	for {
		batch, err := b.spool.Next(ctx)
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, spool.ErrClosed) {
				return nil
			}
			return err
		}
		err = r.Send(ctx, peer.Lane(batch.Lane.String()), batch.Epoch, batch.Sequence, batch.Payload)
		switch {
		case err == nil:
			b.spool.Done(batch)
			pause, last = firstPause, ""
			continue
		case ctx.Err() != nil || errors.Is(err, link.ErrClosed):
			return nil
		case errors.Is(err, link.ErrRefused):
			b.spool.Refused(batch)
			said(err)
			continue
		}
		if text := err.Error(); text != last && !errors.Is(err, link.ErrBusy) { // who is busy is no news
			last = text
			said(err)
		}
		if err := b.rest(ctx, r, err, pause); err != nil {
			return nil
		}
		pause = min(2*pause, lastPause)
	}
}

// rest waits before a batch is sent again: as long as the hub says, or until there is a connection and a while more, which
// differs from node to node so that they do not all come at once.
func (b *Outbox) rest(ctx context.Context, r Road, why error, pause time.Duration) error {
	var busy *link.BusyError
	if errors.As(why, &busy) {
		pause = 2 * busy.After // half of it and more are waited
	} else if err := r.Wait(ctx); err != nil {
		return err
	}
	t := time.NewTimer(pause/2 + rand.N(pause))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
