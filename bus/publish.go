package bus

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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

// Publish stores a payload at the end of a partition and returns its number,
// which is that of the Message that a consumer gets. When it returns without
// error the payload is durable.
//
// The error wraps ErrFull when there is no room, ErrTooLarge or ErrClosed;
// nothing was stored then. After any other error (a connection lost, ctx
// ended) the payload may have been stored or not: publish it again, and let
// consumers tell events apart by their identity.
func (b *Bus) Publish(ctx context.Context, partition int, payload []byte) (number uint64, err error) {
	return b.publish(ctx, partition, "", payload)
}

func (b *Bus) publish(ctx context.Context, partition int, origin string, payload []byte) (number uint64, err error) {
	p, err := b.partition(partition)
	if err != nil {
		return 0, err
	}
	if len(payload) > MaxPayload {
		return 0, fmt.Errorf("bus: %w: %d bytes, at most %d", ErrTooLarge, len(payload), MaxPayload)
	}
	post := func() (uint64, error) {
		if len(payload) > b.part {
			if err := b.checkDisk(len(payload)); err != nil {
				return 0, err
			}
			seq, err := b.send(ctx, p.subject, originHeader(origin), payload)
			return numberOf(seq, 0), err
		}
		return p.group.post(ctx, b, &posting{subject: p.subject, origin: origin, payload: payload})
	}
	number, err = b.makeRoom(ctx, p, post)
	if err != nil && !errors.Is(err, ErrFull) && ctx.Err() == nil {
		// No answer in time: the server's own trouble says more than that.
		if h := b.Health(); h != nil {
			err = errors.Join(h, err)
		}
	}
	return number, err
}

// makeRoom tries to store something again when there was no room for it: what
// consumers have acknowledged may not be deleted yet.
func (b *Bus) makeRoom(ctx context.Context, p *partition, post func() (uint64, error)) (uint64, error) {
	seq, err := post()
	if !isFull(err) {
		return seq, err
	}
	if err := b.trim(ctx, p); err != nil {
		return 0, err
	}
	if seq, err = post(); isFull(err) {
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
		return b.store(ctx, &nats.Msg{Subject: subject, Header: header, Data: payload})
	}
	id, n := rand.Text(), (len(payload)+b.part-1)/b.part
	parts := make([]*nats.Msg, n)
	for i := range parts {
		parts[i] = &nats.Msg{Subject: subject, Header: maps.Clone(header), Data: payload[i*b.part : min((i+1)*b.part, len(payload))]}
		parts[i].Header.Set(headerPart, partOf(id, i+1, n))
		if i > 0 {
			parts[i].Header.Del(nats.ExpectedLastSeqHdr) // what is stored together is compared once
		}
	}
	return b.storeAll(ctx, parts)
}

// store stores one message.
func (b *Bus) store(ctx context.Context, m *nats.Msg) (uint64, error) {
	ack, err := b.js.PublishMsg(ctx, m)
	if err != nil {
		return 0, fmt.Errorf("bus: publish: %w", err)
	}
	return ack.Sequence, nil
}

// storeAll stores several messages together, all or none, one after the other, and returns the sequence number of the last.
// It sets headers of theirs.
func (b *Bus) storeAll(ctx context.Context, all []*nats.Msg) (seq uint64, err error) {
	id, last := rand.Text(), len(all)-1
	for i, m := range all {
		m.Header.Set(headerBatchID, id)
		m.Header.Set(headerBatchSeq, strconv.Itoa(i+1))
		if i == last {
			m.Header.Set(headerBatchCommit, "1")
		}
		// The first answer says whether the server takes part, the last that
		// all is stored.
		if i > 0 && i < last {
			err = b.conn.PublishMsg(m)
		} else {
			seq, err = b.request(ctx, m)
		}
		if err != nil {
			return 0, fmt.Errorf("bus: publish message %d of %d: %w", i+1, len(all), err)
		}
	}
	return seq, nil
}

// request sends a message and waits for the server's answer, whose sequence
// is 0 for a part that is not the last.
func (b *Bus) request(ctx context.Context, m *nats.Msg) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, b.patience())
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
