package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// DefaultPartitions is BusOptions.Partitions when it is 0 and nothing is laid
// out yet.
const DefaultPartitions = 8

// maxPartitions bounds it: each is a stream, and a judge somewhere.
const maxPartitions = 64

// layout is how the work on a bus is laid out. All processes agree on it.
type layout struct {
	// Apart says that detection and store are processes of their own.
	Apart bool `json:"apart"`
	// Partitions is how many the bus has.
	Partitions int `json:"partitions"`
}

// layoutKey is where it is kept.
const layoutKey = "layout"

// agree returns the layout of the installation, which the first process makes.
// One that did everything may be laid out apart once it is gone and nothing
// waits for it; nothing else can be changed afterwards.
func (u *Up) agree(ctx context.Context, common *state.Bucket) (layout, error) {
	want := u.o.Bus.Partitions
	if want < 0 || want > maxPartitions {
		return layout{}, fmt.Errorf("%d partitions: 1 to %d are possible", want, maxPartitions)
	}
	if u.o.whole() && want > 1 {
		return layout{}, errors.New("one process that does everything has no use for partitions: leave out --bus-partitions, or say with --role what is done where")
	}
	mine := layout{Apart: !u.o.whole(), Partitions: 1}
	if mine.Apart {
		mine.Partitions = DefaultPartitions
		if want > 0 {
			mine.Partitions = want
		}
	}
	data, err := json.Marshal(mine)
	if err != nil {
		return layout{}, err
	}
	for {
		e, err := common.Get(ctx, layoutKey)
		var is layout
		switch {
		case errors.Is(err, state.ErrNotFound):
			if _, err = common.Put(ctx, layoutKey, data, state.Absent, "lynceus"); err == nil {
				return mine, nil
			}
		case err != nil:
			return layout{}, err
		default:
			if err := json.Unmarshal(e.Value, &is); err != nil {
				return layout{}, fmt.Errorf("how the work is laid out cannot be read: %w", err)
			}
			if err = u.fits(is); err == nil {
				return is, nil
			}
			if is.Apart || !errors.Is(err, errWhole) {
				return layout{}, err
			}
			if err := u.nobodyStores(ctx); err != nil {
				return layout{}, err
			}
			if _, err = common.Put(ctx, layoutKey, data, e.Revision, "lynceus"); err == nil {
				return mine, nil
			}
		}
		if !errors.Is(err, state.ErrConflict) {
			return layout{}, err
		}
	}
}

// errWhole says that one process does everything.
var errWhole = errors.New("one process does everything on this bus")

// fits says why this process cannot work in a layout.
func (u *Up) fits(is layout) error {
	switch {
	case u.o.whole() && is.Apart:
		return errors.New("detection and store are in processes of their own on this bus: say with --role what this one does, or give this installation a --bus-name of its own")
	case !is.Apart && !u.o.whole() && (u.o.has(Detection) || u.o.has(Storage)):
		return errWhole
	case u.o.Bus.Partitions > 0 && u.o.Bus.Partitions != is.Partitions:
		return fmt.Errorf("this bus is laid out with %d partitions: leave out --bus-partitions; another number needs another --bus-name", is.Partitions)
	}
	return nil
}

// nobodyStores makes sure that the process that did everything is gone and left
// nothing behind.
func (u *Up) nobodyStores(ctx context.Context) error {
	for deadline := time.Now().Add(2*u.leases.TTL() + time.Second); ; {
		held, err := u.leases.Take(ctx, storeLease, nil)
		if err == nil {
			defer func() { _ = held.Return(ctx) }() // it ends by itself, too
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: %w; stop it first", errWhole, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(u.leases.TTL() / 10):
		}
	}
	events, err := u.openEvents(ctx, 1)
	if err != nil {
		return err
	}
	defer func() { _ = events.Close() }() // only a connection
	lag, err := events.Lag(ctx, consumerName, 0)
	if err == nil && lag.Messages > 0 {
		err = fmt.Errorf("%d batches wait for the process that did everything on this bus: start it once more until lynceus status says that nothing waits", lag.Messages)
	}
	return err
}
