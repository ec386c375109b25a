package live

import (
	"context"
	"hash/fnv"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/lake"
)

// Store takes events in: the lake of this process, or a way to it. Its methods
// mean what those of lake.Lake do.
type Store interface {
	// Mark returns up to which number of a partition all is in the store.
	Mark(partition string) uint64
	// Begin starts an append of the numbers from to to of a partition.
	Begin(partition string, from, to uint64) Append
}

// Append is what is stored together, or not at all.
type Append interface {
	// Extend says that it has the numbers up to to as well.
	Extend(to uint64)
	Note(o lake.Origin) bool
	Add(e *event.Event) error
	Commit(ctx context.Context) error
	Abort() error
}

// Past is what was stored, as far as detection has to know it after a start.
// Its methods mean what those of lake.Lake do.
type Past interface {
	Span(ctx context.Context, c event.Class) (first, last time.Time, ok bool, err error)
	Held(ctx context.Context, sel lake.Selection) (int64, error)
	Scan(ctx context.Context, sel lake.Selection, f func(*event.Event) error) error
}

// Lake is a lake of this process as Store and Past.
type Lake struct{ *lake.Lake }

// Begin implements Store.
func (l Lake) Begin(partition string, from, to uint64) Append {
	return l.Lake.Begin(partition, from, to)
}

// Span implements Past.
func (l Lake) Span(_ context.Context, c event.Class) (first, last time.Time, ok bool, err error) {
	first, last, ok = l.Lake.Span(c)
	return first, last, ok, nil
}

// PartitionOf returns in which of so many partitions of the bus the events of a
// cluster are. Everything that detection remembers is kept by cluster (who
// called, what is new, windows, findings, incidents), so that a partition has
// all that its events can be joined with.
func PartitionOf(cluster string, of int) int {
	if of <= 1 {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(cluster)) // a hash takes everything
	return int(h.Sum32() % uint32(of))
}
