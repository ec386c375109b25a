package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// How often the embedded server's health is looked at, and how long at most
// lies between two restarts that did not help.
const (
	reviveEvery  = time.Second
	reviveAtMost = 5 * time.Minute
)

// Health is nil while the bus can take in and deliver. Otherwise it says what
// is wrong; an embedded bus looks for the cause and comes back by itself.
func (b *Bus) Health() error {
	if err := b.alive(); err != nil {
		return err
	}
	if b.embedded == nil {
		if s := b.conn.Status(); s != nats.CONNECTED {
			return fmt.Errorf("bus: the connection to %s is %s", Hosts(b.opts.URL), s)
		}
		return nil
	}
	if err := b.checkDisk(0); err != nil {
		return err
	}
	return b.embedded.health()
}

// revive restarts the embedded server when it has stopped storing and the
// reason is gone. A stream that met a write error, such as a full disk, refuses
// everything until then. What it acknowledged is on disk and is read again.
func (b *Bus) revive(ctx context.Context) {
	log := b.opts.Log.With("component", "bus")
	tick := time.NewTicker(reviveEvery)
	defer tick.Stop()
	var next time.Time
	wait := reviveEvery
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := b.embedded.health()
		if err == nil {
			wait = reviveEvery
			continue
		}
		if b.checkDisk(0) != nil || time.Now().Before(next) {
			continue
		}
		log.Warn("restarting the embedded server", "reason", err)
		if err := b.embedded.restart(); err != nil {
			log.Error("restart failed; trying again", "error", err)
		}
		next, wait = time.Now().Add(wait), min(2*wait, reviveAtMost)
	}
}
