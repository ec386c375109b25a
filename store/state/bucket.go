package state

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// MaxValue is the greatest size of a value in a bucket, in bytes. Blobs hold
// what is larger.
const MaxValue = 256 << 10

// Revisions that stand for a condition instead of a number.
const (
	// Absent is the revision of a key without value: the change makes it.
	Absent uint64 = 0
	// Any is for a change that does not look at what was there.
	Any uint64 = math.MaxUint64
)

// Bucket holds small values under keys. It may be used by several goroutines.
type Bucket struct {
	name        string
	kv          jetstream.KeyValue
	keepDeleted bool
}

// Get returns the value of a key; the error wraps ErrNotFound when it has
// none.
func (b *Bucket) Get(ctx context.Context, key string) (Entry, error) {
	e, err := b.get(ctx, key)
	if err == nil && e.Deleted {
		return Entry{}, b.wrap("read", key, ErrNotFound)
	}
	return e, err
}

// get also returns what marks a deleted key.
func (b *Bucket) get(ctx context.Context, key string) (Entry, error) {
	if err := checkKey(key); err != nil {
		return Entry{}, err
	}
	from, err := b.kv.Get(ctx, key)
	if err != nil {
		return Entry{}, b.wrap("read", key, err)
	}
	return decodeEntry(from)
}

// Put gives a key a value, in the name of its author, if its revision is
// still the expected one: that of a Get, Absent or Any. It returns the new
// revision. The error wraps ErrConflict when it is another.
func (b *Bucket) Put(ctx context.Context, key string, value []byte, expect uint64, by string) (revision uint64, err error) {
	if len(value) > MaxValue {
		return 0, b.wrap("write", key, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(value), MaxValue))
	}
	return b.write(ctx, key, encodeEntry(storedValue, by, value), expect)
}

func (b *Bucket) write(ctx context.Context, key string, data []byte, expect uint64) (revision uint64, err error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	switch expect {
	case Any:
		revision, err = b.kv.Put(ctx, key, data)
	case Absent:
		revision, err = b.kv.Create(ctx, key, data)
		if errors.Is(err, jetstream.ErrKeyExists) {
			// It may be there as deleted.
			e, getErr := b.get(ctx, key)
			if getErr != nil || !e.Deleted {
				return 0, b.wrap("write", key, errors.Join(ErrConflict, getErr))
			}
			revision, err = b.kv.Update(ctx, key, data, e.Revision)
		}
	default:
		revision, err = b.kv.Update(ctx, key, data, expect)
	}
	if err != nil {
		return 0, b.wrap("write", key, err)
	}
	return revision, nil
}

// Delete takes the value of a key away, under the same condition as Put. The
// error wraps ErrNotFound when it has none.
func (b *Bucket) Delete(ctx context.Context, key string, expect uint64, by string) error {
	e, err := b.Get(ctx, key)
	if err != nil {
		return err
	}
	if expect != Any && expect != e.Revision {
		return b.wrap("delete", key, ErrConflict)
	}
	if b.keepDeleted {
		_, err = b.write(ctx, key, encodeEntry(storedDeleted, by, nil), e.Revision)
		return err
	}
	if err := b.kv.Purge(ctx, key, jetstream.LastRevision(e.Revision)); err != nil {
		return b.wrap("delete", key, err)
	}
	return nil
}

// List returns every key with a value below prefix, whole words of a key
// joined by dots, or all for ""; in no promised order.
func (b *Bucket) List(ctx context.Context, prefix string) ([]Entry, error) {
	return b.watchNow(ctx, below(prefix), func(e Entry) bool { return !e.Deleted }, jetstream.IgnoreDeletes())
}

// History returns what is kept of a key's changes, oldest first, deletions
// too. The error wraps ErrNotFound when there was none.
func (b *Bucket) History(ctx context.Context, key string) ([]Entry, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	es, err := b.watchNow(ctx, key, func(Entry) bool { return true }, jetstream.IncludeHistory())
	if err == nil && len(es) == 0 {
		err = b.wrap("read the history of", key, ErrNotFound)
	}
	return es, err
}

// below is the filter of keys that begin with the words of prefix.
func below(prefix string) string {
	if prefix == "" {
		return ">"
	}
	return prefix + ".>"
}

// wrap names the bucket and the key of an error and gives those that callers
// tell apart their names here.
func (b *Bucket) wrap(verb, key string, err error) error {
	var api *jetstream.APIError
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound), errors.Is(err, jetstream.ErrKeyDeleted):
		err = ErrNotFound
	case errors.Is(err, jetstream.ErrKeyRevisionMismatch), errors.Is(err, jetstream.ErrKeyExists):
		err = ErrConflict
	case errors.As(err, &api) && strings.Contains(api.Description, "maximum bytes exceeded"):
		err = fmt.Errorf("%w; delete what is not needed", ErrFull)
	}
	return fmt.Errorf("state: %s key %s of %s: %w", verb, key, b.name, err)
}
