package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/store/lake"
)

// Log is how a detection process stores what it judged where the store is in
// another process: a partition of a bus of its own, from which a Storer takes
// it. It implements Store, for one goroutine.
//
// One message of the log is one Append: rows together with the position up to
// which the events that they were made of are worked on, and the token of the
// lease under which that was done. It is written only if it follows the message
// that this process knows as the last one. So of several processes that all
// believe to own the partition only the one that opened the log last can write,
// and what it takes over is exactly what is in the log.
type Log struct {
	bus       *bus.Bus
	partition int
	note      note   // what the next message says
	last      uint64 // the latest message
	seen      map[seenKey]uint64
}

// note is what stands beside a message of the log.
type note struct {
	Token    uint64 `json:"token"`
	Input    string `json:"input"` // what Position belongs to: Consumer.Sequence
	Position uint64 `json:"position"`
}

type seenKey struct{ source, epoch string }

// Frames of a message: a byte that says what it is, the length as four bytes,
// and the content.
const (
	frameBatch   = 'b' // of package event/wire
	frameOrigins = 'o' // a JSON list of lake.Origin
)

// ErrFenced says that the lease of a partition has another holder.
var ErrFenced = errors.New("another process has this partition now")

// OpenLog opens the log of a partition for writing, under the token of the
// lease; whoever had it before can write no more when it returns. input is what
// the positions of the events belong to. The error wraps ErrFenced when a later
// holder was there first.
func OpenLog(ctx context.Context, b *bus.Bus, partition int, input string, token uint64) (*Log, error) {
	for {
		last, text, err := b.Last(ctx, partition)
		if err != nil {
			return nil, err
		}
		n := note{Token: token, Input: input}
		if last > 0 {
			var was note
			if err := json.Unmarshal([]byte(text), &was); err != nil {
				return nil, fmt.Errorf("the log of partition %d was not written by Lynceus, or by a newer one: %w", partition, err)
			}
			if was.Token > token {
				return nil, fmt.Errorf("partition %d: %w", partition, ErrFenced)
			}
			if was.Input == input {
				n.Position = was.Position
			}
		}
		l := &Log{bus: b, partition: partition, note: n, last: last, seen: map[seenKey]uint64{}}
		// An empty message: with it what the holder before knows as the last one is not the last any more.
		err = l.write(ctx, n, nil)
		if errors.Is(err, ErrFenced) {
			continue // it wrote something since
		}
		return l, err
	}
}

// Position returns up to where the events were worked on.
func (l *Log) Position() uint64 { return l.note.Position }

// Last returns the number of the latest message of the log.
func (l *Log) Last() uint64 { return l.last }

// Know notes origins of batches that are stored already.
func (l *Log) Know(origins []lake.Origin) {
	for _, o := range origins {
		k := seenKey{o.Source, o.Epoch}
		l.seen[k] = max(l.seen[k], o.Sequence)
	}
}

// Mark implements Store.
func (l *Log) Mark(partition string) uint64 {
	if l.isInput(partition) {
		return l.note.Position
	}
	return 0
}

func (l *Log) isInput(partition string) bool { return strings.HasPrefix(partition, Events+"-") }

// Begin implements Store.
func (l *Log) Begin(partition string, _, to uint64) Append {
	a := &logAppend{log: l, note: l.note, input: l.isInput(partition), fresh: map[seenKey]uint64{}}
	a.Extend(to)
	return a
}

// write writes a message, waiting while there is no room for it.
func (l *Log) write(ctx context.Context, n note, payload []byte) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	for {
		seq, err := l.bus.PublishAfter(ctx, l.partition, l.last, string(text), payload)
		switch {
		case err == nil:
			l.last, l.note = seq, n
			return nil
		case errors.Is(err, bus.ErrOvertaken):
			return fmt.Errorf("partition %d: %w", l.partition, ErrFenced)
		case !errors.Is(err, bus.ErrFull):
			// It may be in the log or not: whoever opens it anew knows.
			return fmt.Errorf("write to the log: %w", err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(fullPause):
		}
	}
}

// logAppend is an append to a log. It implements Append.
type logAppend struct {
	log     *Log
	note    note
	input   bool // of the position that note has
	builder wire.Builder
	payload []byte
	begun   bool
	origins []lake.Origin
	fresh   map[seenKey]uint64
}

// Extend implements Append.
func (a *logAppend) Extend(to uint64) {
	if a.input {
		a.note.Position = to
	}
}

// Note implements Append.
func (a *logAppend) Note(o lake.Origin) bool {
	k := seenKey{o.Source, o.Epoch}
	if o.Sequence <= max(a.log.seen[k], a.fresh[k]) {
		return false
	}
	a.fresh[k] = o.Sequence
	a.origins = append(a.origins, o)
	return true
}

// Add implements Append.
func (a *logAppend) Add(e *event.Event) error {
	if !a.begun {
		a.builder.Reset("", 0)
		a.begun = true
	}
	err := a.builder.Add(e)
	if !errors.Is(err, wire.ErrFull) {
		return err
	}
	a.flush()
	return a.builder.Add(e)
}

// flush ends the batch at hand.
func (a *logAppend) flush() {
	if a.begun && a.builder.Events() > 0 {
		a.payload = appendFrame(a.payload, frameBatch, a.builder.AppendTo(nil))
	}
	a.builder.Reset("", 0)
}

// Commit implements Append.
func (a *logAppend) Commit(ctx context.Context) error {
	a.flush()
	if len(a.origins) > 0 {
		list, err := json.Marshal(a.origins)
		if err != nil {
			return err
		}
		a.payload = appendFrame(a.payload, frameOrigins, list)
	}
	if err := a.log.write(ctx, a.note, a.payload); err != nil {
		return err
	}
	for k, n := range a.fresh {
		a.log.seen[k] = n
	}
	return nil
}

// Abort implements Append: nothing was written.
func (a *logAppend) Abort() error { return nil }
