package bus

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Headers of the server for messages that are stored together, as
// https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md
// describes them.
const (
	headerBatchID     = "Nats-Batch-Id"
	headerBatchSeq    = "Nats-Batch-Sequence"
	headerBatchCommit = "Nats-Batch-Commit"
)

// storeFailed is the server's error code for a message it did not store, of
// which the text alone says why.
const storeFailed = 10077

// Publish stores a payload at the end of a partition and returns its sequence
// number, the last of several where it needs more than one message. When it
// returns without error the payload is durable.
//
// The error wraps ErrFull when there is no room, ErrTooLarge or ErrClosed;
// nothing was stored then. After any other error (a connection lost, ctx
// ended) the payload may have been stored or not: publish it again, and let
// consumers tell events apart by their identity.
func (b *Bus) Publish(ctx context.Context, partition int, payload []byte) (sequence uint64, err error) {
	p, err := b.partition(partition)
	if err != nil {
		return 0, err
	}
	if len(payload) > MaxPayload {
		return 0, fmt.Errorf("bus: %w: %d bytes, at most %d", ErrTooLarge, len(payload), MaxPayload)
	}
	if err := b.checkDisk(len(payload)); err != nil {
		return 0, err
	}
	seq, err := b.send(ctx, p.subject, nats.Header{}, payload)
	if err != nil && !isFull(err) && ctx.Err() == nil {
		// No answer in time: the server's own trouble says more than that.
		if h := b.Health(); h != nil {
			err = errors.Join(h, err)
		}
	}
	if !isFull(err) {
		return seq, err
	}
	// What consumers have acknowledged may not be deleted yet.
	if err := b.trim(ctx, p); err != nil {
		return 0, err
	}
	if seq, err = b.send(ctx, p.subject, nats.Header{}, payload); isFull(err) {
		return 0, fmt.Errorf("bus: %w: partition %d holds its limit of %d bytes; the store is behind: see its log and its disk, or raise the limit", ErrFull, p.number, b.opts.MaxBytes)
	}
	return seq, err
}

// checkDisk holds a part of the disk free, where the bus has a disk.
func (b *Bus) checkDisk(n int) error {
	if b.embedded == nil {
		return nil
	}
	if free := freeBytes(b.opts.Dir); free < b.opts.MinFree+2*int64(n) {
		return fmt.Errorf("bus: %w: %d bytes are free on the disk of %s and %d must stay so; free some, or shorten retention", ErrFull, free, b.opts.Dir, b.opts.MinFree)
	}
	return nil
}

// send stores a payload under a subject, in one message or in several that
// are stored together.
func (b *Bus) send(ctx context.Context, subject string, header nats.Header, payload []byte) (uint64, error) {
	if len(payload) <= b.part {
		ack, err := b.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Header: header, Data: payload})
		if err != nil {
			return 0, fmt.Errorf("bus: publish: %w", err)
		}
		return ack.Sequence, nil
	}
	id, n := rand.Text(), (len(payload)+b.part-1)/b.part
	for i := 1; i <= n; i++ {
		m := &nats.Msg{Subject: subject, Header: nats.Header{}, Data: payload[(i-1)*b.part : min(i*b.part, len(payload))]}
		for k, v := range header {
			m.Header[k] = v
		}
		m.Header.Set(headerPart, partOf(id, i, n))
		m.Header.Set(headerBatchID, id)
		m.Header.Set(headerBatchSeq, strconv.Itoa(i))
		if i == n {
			m.Header.Set(headerBatchCommit, "1")
		}
		// The first answer says whether the server takes part, the last that
		// all is stored.
		if i > 1 && i < n {
			if err := b.conn.PublishMsg(m); err != nil {
				return 0, fmt.Errorf("bus: publish part %d of %d: %w", i, n, err)
			}
			continue
		}
		seq, err := b.request(ctx, m)
		if err != nil {
			return 0, fmt.Errorf("bus: publish part %d of %d: %w", i, n, err)
		}
		if i == n {
			return seq, nil
		}
	}
	return 0, errors.New("bus: publish: no parts")
}

// request sends a message and waits for the server's answer, whose sequence
// is 0 for a part that is not the last.
func (b *Bus) request(ctx context.Context, m *nats.Msg) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	answer, err := b.conn.RequestMsgWithContext(ctx, m)
	if err != nil {
		return 0, err
	}
	if len(answer.Data) == 0 {
		return 0, nil
	}
	var ack struct {
		Error    *jetstream.APIError `json:"error"`
		Sequence uint64              `json:"seq"`
	}
	if err := json.Unmarshal(answer.Data, &ack); err != nil {
		return 0, fmt.Errorf("read the server's answer: %w", err)
	}
	if ack.Error != nil {
		return 0, ack.Error
	}
	return ack.Sequence, nil
}

// isFull reports whether the server refused a message because of the byte
// limit of its stream.
func isFull(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == storeFailed && strings.Contains(api.Description, "maximum bytes exceeded")
}
