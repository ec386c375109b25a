package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Headers of a payload in quarantine.
const (
	headerReason   = "Lynceus-Reason"
	headerSequence = "Lynceus-Sequence"
	headerIndex    = "Lynceus-Index"
	headerStored   = "Lynceus-Stored"
)

// maxReason bounds the reason that is kept, in bytes.
const maxReason = 1 << 10

// Quarantined is a payload that a consumer could not read.
type Quarantined struct {
	Consumer  string
	Partition int
	Seq       uint64    // its sequence in the partition
	Stored    time.Time // when it was published
	At        time.Time // when it was put aside
	Reason    string
	Data      []byte
}

// Quarantine keeps a payload that the consumer cannot read, and why, for at
// most 30 days and within 256 MiB. When it returns the payload is durable
// there, and the consumer acknowledges it like any other. Putting the same
// payload aside again after a restart keeps and counts it once.
func (c *Consumer) Quarantine(ctx context.Context, m Message, reason error) error {
	subject := fmt.Sprintf("%s.quarantine.%s.%d", c.bus.opts.Name, c.name, c.partition.number)
	last, err := c.bus.quarantine.GetLastMsgForSubject(ctx, subject)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
	case err != nil:
		return fmt.Errorf("bus: look into the quarantine: %w", err)
	default:
		seq, err := strconv.ParseUint(last.Header.Get(headerSequence), 10, 64)
		index, _ := strconv.Atoi(last.Header.Get(headerIndex)) // 0 where it is not said
		if err == nil && numberOf(seq, index) >= m.Number() {
			return nil
		}
	}
	header := nats.Header{
		headerReason:   {oneLine(reason.Error())},
		headerSequence: {strconv.FormatUint(m.Seq, 10)},
		headerIndex:    {strconv.Itoa(m.index)},
		headerStored:   {m.Time.UTC().Format(time.RFC3339Nano)},
	}
	if _, err := c.bus.send(ctx, subject, header, m.Data); err != nil {
		return fmt.Errorf("put message %d of partition %d aside: %w", m.Seq, c.partition.number, err)
	}
	c.bus.quarantined.Add(1)
	return nil
}

// oneLine returns a text as a header can hold it.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
	return text[:min(len(text), maxReason)]
}

// Quarantined returns what is in quarantine, oldest first, at most limit.
func (b *Bus) Quarantined(ctx context.Context, limit int) ([]Quarantined, error) {
	if err := b.alive(); err != nil {
		return nil, err
	}
	info, err := b.quarantine.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("bus: ask about the quarantine: %w", err)
	}
	var out []Quarantined
	var parts assembly
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq && len(out) < limit; seq++ {
		m, err := b.quarantine.GetMsg(ctx, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("bus: read message %d of the quarantine: %w", seq, err)
		}
		if payload, complete := parts.join(m.Header.Get, m.Data, m.Sequence, m.Time); complete {
			out = append(out, quarantined(m.Subject, payload))
		}
	}
	return out, nil
}

func quarantined(subject string, m Message) Quarantined {
	q := Quarantined{At: m.Time, Reason: m.header(headerReason), Data: m.Data}
	if words := strings.Split(subject, "."); len(words) == 4 {
		q.Consumer = words[2]
		q.Partition, _ = strconv.Atoi(words[3]) // 0 where somebody else wrote into the stream
	}
	q.Seq, _ = strconv.ParseUint(m.header(headerSequence), 10, 64)
	q.Stored, _ = time.Parse(time.RFC3339Nano, m.header(headerStored))
	return q
}
