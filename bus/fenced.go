package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// headerNote is what PublishAfter keeps beside a payload.
	headerNote = "Lynceus-Note"
	// wrongLast is the server's error code for a message that was to follow
	// another one than is the last.
	wrongLast = 10071
)

// PublishAfter stores a payload as Publish does if the last sequence number of
// the partition is still the one that is given: its publisher knows all that is
// there. The note is kept with it, for Last. The error wraps ErrOvertaken when
// somebody else has published since: of several who write after each other only
// those who know of each other succeed. After an error that wraps neither
// ErrOvertaken nor ErrFull the payload may have been stored or not: Last tells.
func (b *Bus) PublishAfter(ctx context.Context, partition int, last uint64, note string, payload []byte) (sequence uint64, err error) {
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
	seq, err := b.makeRoom(ctx, p, func() (uint64, error) {
		header := nats.Header{headerNote: {note}}
		header.Set(nats.ExpectedLastSeqHdr, strconv.FormatUint(last, 10))
		return b.send(ctx, p.subject, header, payload)
	})
	var api *jetstream.APIError
	if errors.As(err, &api) && api.ErrorCode == wrongLast {
		return 0, fmt.Errorf("bus: partition %d: %w", partition, ErrOvertaken)
	}
	return seq, err
}

// Last returns the last sequence number of a partition, 0 for one in which
// nothing was published, and the note of that payload. It needs a bus that was
// opened with KeepLast.
func (b *Bus) Last(ctx context.Context, partition int) (sequence uint64, note string, err error) {
	p, err := b.partition(partition)
	if err != nil {
		return 0, "", err
	}
	info, err := p.stream.Info(ctx)
	if err != nil {
		return 0, "", fmt.Errorf("bus: ask about partition %d: %w", partition, err)
	}
	last := info.State.LastSeq
	if last == 0 {
		return 0, "", nil
	}
	m, err := p.stream.GetMsg(ctx, last)
	if err != nil {
		return 0, "", fmt.Errorf("bus: read the last message of partition %d: %w", partition, err)
	}
	return last, m.Header.Get(headerNote), nil
}
