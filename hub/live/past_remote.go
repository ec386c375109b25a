package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/store/lake"
)

// pastName is under which the past is asked for on the bus of the logs.
const pastName = "past"

// pastEvery is how often it is asked again while nobody answers, or the one who
// does has not stored yet what is asked about.
const pastEvery = 200 * time.Millisecond

// question is what a RemotePast asks.
type question struct {
	Op        string         `json:"op"`
	Class     event.Class    `json:"class,omitempty"`
	Selection lake.Selection `json:"selection"`
	// Partition of Of is whose events are meant; After is which message of its
	// log must be stored.
	Partition int    `json:"partition"`
	Of        int    `json:"of"`
	After     uint64 `json:"after"`
}

// The operations.
const (
	opSpan    = "span"
	opHeld    = "held"
	opScan    = "scan"
	opOrigins = "origins"
)

// answerPart is what comes before the batches of a scan, and all that comes of
// the others.
type answerPart struct {
	Early   bool          `json:"early,omitempty"` // what is asked about is not stored yet
	First   time.Time     `json:"first"`
	Last    time.Time     `json:"last"`
	OK      bool          `json:"ok,omitempty"`
	Held    int64         `json:"held,omitempty"`
	Origins []lake.Origin `json:"origins,omitempty"`
}

// AnswerPast answers what RemotePasts ask of a lake, until ctx ends. stored
// returns up to which message of a partition's log all is in the lake.
func AnswerPast(ctx context.Context, b *bus.Bus, l *lake.Lake, stored func(partition int) uint64) error {
	return b.Answer(ctx, pastName, func(ctx context.Context, text []byte, send func([]byte) error) error {
		var q question
		if err := json.Unmarshal(text, &q); err != nil {
			return fmt.Errorf("the question cannot be read: %w", err)
		}
		var a answerPart
		var err error
		switch {
		case q.After > 0 && (q.Partition >= b.Partitions() || stored(q.Partition) < q.After):
			a.Early = true
		case q.Op == opSpan:
			a.First, a.Last, a.OK = l.Span(q.Class)
		case q.Op == opHeld:
			a.Held, err = l.Held(ctx, q.Selection)
		case q.Op == opOrigins:
			a.Origins = l.Origins()
		case q.Op != opScan:
			return fmt.Errorf("%q is no question", q.Op)
		}
		if err != nil {
			return err
		}
		head, err := json.Marshal(a)
		if err != nil {
			return err
		}
		if err := send(head); err != nil || q.Op != opScan || a.Early {
			return err
		}
		return sendRows(ctx, l, &q, send)
	})
}

// sendRows sends the rows of a selection as batches.
func sendRows(ctx context.Context, l *lake.Lake, q *question, send func([]byte) error) error {
	var b wire.Builder
	b.Reset("", 0)
	flush := func() error {
		if b.Events() == 0 {
			return nil
		}
		err := send(b.AppendTo(nil))
		b.Reset("", 0)
		return err
	}
	cluster := event.Lookup(event.K8sCluster.ID()).Column()
	if len(q.Selection.Columns) > 0 && q.Of > 1 {
		q.Selection.Columns = append(q.Selection.Columns, cluster)
	}
	err := l.Scan(ctx, q.Selection, func(e *event.Event) error {
		if PartitionOf(event.K8sCluster.Get(e), q.Of) != q.Partition {
			return nil
		}
		err := b.Add(e)
		if errors.Is(err, wire.ErrFull) {
			if err = flush(); err == nil {
				err = b.Add(e)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return flush()
}

// RemotePast is the past of a partition's clusters as the process with the
// store knows it. It implements Past, for one goroutine, and waits for that
// process where it is away or behind, until a context ends.
type RemotePast struct {
	Bus *bus.Bus // of the logs
	// Partition of Of is whose events are meant. Of 1 is all.
	Partition, Of int
	// After returns which message of the log must be in the store; nil for
	// none.
	After func() uint64

	decoder wire.Decoder
	event   event.Event
}

// ask asks, again and again until it can be answered. rows, where it is not
// nil, is given each batch; an error of it ends the answer.
func (p *RemotePast) ask(ctx context.Context, q question, rows func(batch []byte) error) (answerPart, error) {
	q.Partition, q.Of = p.Partition, max(p.Of, 1)
	if p.After != nil {
		q.After = p.After()
	}
	text, err := json.Marshal(q)
	if err != nil {
		return answerPart{}, err
	}
	for {
		var a answerPart
		head := true
		err := p.Bus.Ask(ctx, pastName, text, func(part []byte) error {
			if !head {
				return rows(part)
			}
			head = false
			return json.Unmarshal(part, &a)
		})
		switch {
		case err == nil && head:
			return a, fmt.Errorf("the store answers nothing to %q", q.Op)
		case err == nil && !a.Early:
			return a, nil
		case err != nil && !errors.Is(err, bus.ErrNobody):
			return a, fmt.Errorf("ask the process with the store: %w", err)
		}
		if !sleep(ctx, pastEvery) {
			return a, ctx.Err()
		}
	}
}

// Span implements Past.
func (p *RemotePast) Span(ctx context.Context, c event.Class) (first, last time.Time, ok bool, err error) {
	a, err := p.ask(ctx, question{Op: opSpan, Class: c}, nil)
	return a.First, a.Last, a.OK, err
}

// Held implements Past. It counts the rows of other partitions, too.
func (p *RemotePast) Held(ctx context.Context, sel lake.Selection) (int64, error) {
	a, err := p.ask(ctx, question{Op: opHeld, Selection: sel}, nil)
	return a.Held, err
}

// Origins returns the batches of peers that are stored.
func (p *RemotePast) Origins(ctx context.Context) ([]lake.Origin, error) {
	a, err := p.ask(ctx, question{Op: opOrigins}, nil)
	return a.Origins, err
}

// Scan implements Past.
func (p *RemotePast) Scan(ctx context.Context, sel lake.Selection, f func(*event.Event) error) error {
	_, err := p.ask(ctx, question{Op: opScan, Selection: sel}, func(batch []byte) error {
		if _, err := p.decoder.Open(batch); err != nil {
			return err
		}
		for {
			err := p.decoder.Next(&p.event)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := f(&p.event); err != nil {
				return err
			}
		}
	})
	return err
}
