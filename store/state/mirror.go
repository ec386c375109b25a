package state

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"
)

// Mirror is a bucket whose latest revisions are held in memory too, each as a
// T. It may be used by several goroutines.
type Mirror[T any] struct {
	bucket *Bucket
	o      MirrorOptions[T]

	mu     sync.RWMutex
	byKey  map[string]held[T]
	latest uint64 // greatest revision
}

type held[T any] struct {
	value    T
	revision uint64
}

// MirrorOptions of OpenMirror.
type MirrorOptions[T any] struct {
	Bucket BucketOptions
	// Read makes a value of a revision, one that deletes too. With an error it
	// returns what stands for a revision that cannot be read.
	Read func(Entry) (T, error)
	// Damaged is told of the errors of Read. Nil ignores them.
	Damaged func(error)
	// Changed is told all values when one was changed, and first when the
	// mirror is opened; never at the same time. It must not use the mirror.
	// May be nil.
	Changed func(all iter.Seq[T])
}

// OpenMirror makes the bucket if it is missing and reads what it has.
func OpenMirror[T any](ctx context.Context, s *Store, o MirrorOptions[T]) (*Mirror[T], error) {
	bucket, err := s.Bucket(ctx, o.Bucket)
	if err != nil {
		return nil, err
	}
	entries, err := bucket.List(ctx, "")
	if err != nil {
		return nil, err
	}
	m := &Mirror[T]{bucket: bucket, o: o, byKey: make(map[string]held[T], len(entries))}
	m.take(entries...)
	return m, nil
}

// Follow brings in what is changed, here or by other processes, until ctx
// ends.
func (m *Mirror[T]) Follow(ctx context.Context) error {
	return m.bucket.Watch(ctx, "", func(e Entry) error {
		if _, ok := m.Known(e.Key); ok || !e.Deleted { // what was deleted before the mirror was opened stays out of it
			m.take(e)
		}
		return nil
	})
}

// take brings in revisions, in any order.
func (m *Mirror[T]) take(entries ...Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range entries {
		if known, ok := m.byKey[e.Key]; ok && known.revision >= e.Revision {
			continue
		}
		v, err := m.o.Read(e)
		if err != nil && m.o.Damaged != nil {
			m.o.Damaged(err)
		}
		m.byKey[e.Key] = held[T]{v, e.Revision}
		m.latest = max(m.latest, e.Revision)
	}
	if m.o.Changed != nil {
		m.o.Changed(m.values)
	}
}

// values yields what is held; m.mu is held.
func (m *Mirror[T]) values(yield func(T) bool) {
	for _, h := range m.byKey {
		if !yield(h.value) {
			return
		}
	}
}

// Values returns what is held, in no order.
func (m *Mirror[T]) Values() []T {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.AppendSeq(make([]T, 0, len(m.byKey)), m.values)
}

// Revision returns the greatest revision of what is held.
func (m *Mirror[T]) Revision() uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.latest
}

// Known returns what memory has of a key.
func (m *Mirror[T]) Known(key string) (v T, ok bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	h, ok := m.byKey[key]
	return h.value, ok
}

// Get returns what the bucket has of a key now, and its revision. The error
// wraps ErrNotFound when it has nothing, and is that of Read, with the value
// and revision, when that cannot be read.
func (m *Mirror[T]) Get(ctx context.Context, key string) (v T, revision uint64, err error) {
	e, err := m.bucket.Get(ctx, key)
	if err != nil {
		return v, 0, err
	}
	m.take(e)
	v, err = m.o.Read(e)
	return v, e.Revision, err
}

// Put stores a value as JSON, as Bucket.Put does, and holds what Read makes of
// it.
func (m *Mirror[T]) Put(ctx context.Context, key string, value any, expect uint64, by string) (revision uint64, err error) {
	data, err := json.Marshal(value)
	if err != nil {
		return 0, fmt.Errorf("state: %s %s: %w", m.bucket.name, key, err)
	}
	if revision, err = m.bucket.Put(ctx, key, data, expect, by); err != nil {
		return 0, err
	}
	m.take(Entry{Key: key, Value: data, Revision: revision, By: by})
	return revision, nil
}

// Delete takes a key's value away, as Bucket.Delete does.
func (m *Mirror[T]) Delete(ctx context.Context, key string, expect uint64, by string) error {
	if err := m.bucket.Delete(ctx, key, expect, by); err != nil {
		return err
	}
	// The revision of the deletion is not told; it is the greatest so far.
	h, err := m.bucket.History(ctx, key)
	if err != nil {
		return err
	}
	m.take(h...)
	return nil
}

// History returns the revisions of a key, oldest first; the error wraps
// ErrNotFound when there was none.
func (m *Mirror[T]) History(ctx context.Context, key string) ([]Entry, error) {
	return m.bucket.History(ctx, key)
}
