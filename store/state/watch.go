package state

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Watch calls each for the last revision of every key below prefix (see List)
// and then for every change, until ctx ends, which is no error, or each returns
// an error, which Watch returns. Deletions are told in both: who listed before
// the watch began may know a key that was deleted in between.
func (b *Bucket) Watch(ctx context.Context, prefix string, each func(Entry) error) error {
	w, err := b.kv.Watch(ctx, below(prefix))
	if err != nil {
		return fmt.Errorf("state: watch %s: %w", b.name, err)
	}
	defer w.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case from, open := <-w.Updates():
			if !open {
				if ctx.Err() != nil {
					return nil
				}
				return fmt.Errorf("state: watch %s: the connection was closed", b.name)
			}
			if from == nil { // the mark between what was there and what comes
				continue
			}
			e, err := decodeEntry(from)
			if err != nil {
				return err
			}
			if err := each(e); err != nil {
				return err
			}
		}
	}
}

// watchNow collects what a watch finds there when it begins.
func (b *Bucket) watchNow(ctx context.Context, filter string, keep func(Entry) bool, opts ...jetstream.WatchOpt) ([]Entry, error) {
	w, err := b.kv.Watch(ctx, filter, opts...)
	if err != nil {
		return nil, fmt.Errorf("state: list %s: %w", b.name, err)
	}
	defer w.Stop()
	var out []Entry
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("state: list %s: %w", b.name, ctx.Err())
		case from, open := <-w.Updates():
			if !open {
				return nil, fmt.Errorf("state: list %s: the connection was closed", b.name)
			}
			if from == nil {
				return out, nil
			}
			e, err := decodeEntry(from)
			if err != nil {
				return nil, err
			}
			if keep(e) {
				out = append(out, e)
			}
		}
	}
}
