package bus

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// Bounds of what is stored together: the server takes a thousand messages at once (ADR-50), and a round is not to hold up
// those who come after it for long.
const (
	groupPayloads = 4096
	groupBytes    = 8 << 20
	// groupPause is how long after the last round one begins while several publish at the same time, and groupEnough how
	// many bytes do not wait for others: what a round costs is much the same for one payload and for many.
	groupPause  = 20 * time.Millisecond
	groupEnough = 256 << 10
)

// group has payloads stored together that are published at the same time, so that they need the disk once and not once
// each, and the server a message for many: what comes while a round is on its way goes in the next.
type group struct {
	turn  sync.Mutex // held by whoever is on a round
	began time.Time  // when the last round did
	many  bool       // it had several payloads

	mu      sync.Mutex
	waiting []*posting
}

// posting is a payload on its way. What came of it is written by whoever is on its round.
type posting struct {
	subject, origin string // origin is "" for none
	payload         []byte

	done   bool
	number uint64
	err    error
}

// size is what it takes in a bundle.
func (p *posting) size() int { return len(p.origin) + len(p.payload) + bundleHead }

// sizeOf is what several take.
func sizeOf(all []*posting) (bytes int) {
	for _, p := range all {
		bytes += p.size()
	}
	return bytes
}

// message is the payload as a message of its own.
func (p *posting) message() *nats.Msg {
	return &nats.Msg{Subject: p.subject, Header: originHeader(p.origin), Data: p.payload}
}

// post stores a payload of one message and returns its number.
func (g *group) post(ctx context.Context, b *Bus, p *posting) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	// A round does not end with the context of whoever is on it: others' payloads are on it, too.
	ctx = context.WithoutCancel(ctx)
	g.mu.Lock()
	g.waiting = append(g.waiting, p)
	g.mu.Unlock()
	g.turn.Lock()
	defer g.turn.Unlock()
	for !p.done {
		g.pause()
		g.round(ctx, b)
	}
	return p.number, p.err
}

// pause waits for those who publish at the same time as others do. Whoever is alone does not wait.
func (g *group) pause() {
	if !g.many {
		return
	}
	left := groupPause - time.Since(g.began)
	g.mu.Lock()
	bytes := sizeOf(g.waiting)
	g.mu.Unlock()
	if left > 0 && bytes < groupEnough {
		time.Sleep(left)
	}
}

// round stores the payloads that wait, as far as the bounds allow.
func (g *group) round(ctx context.Context, b *Bus) {
	ctx, cancel := context.WithTimeout(ctx, b.patience())
	defer cancel()
	round := g.take()
	g.began, g.many = time.Now(), len(round) > 1
	if err := b.checkDisk(sizeOf(round)); err != nil {
		for _, p := range round {
			p.done, p.err = true, err
		}
		return
	}
	if len(round) > 1 {
		bundles := bundlesOf(round, b.bundle)
		last, err := b.storeBundles(ctx, bundles)
		if !isFull(err) {
			for i, all := range bundles {
				for j, p := range all {
					p.done, p.err = true, err
					if err == nil {
						p.number = numberOf(last-uint64(len(bundles)-1-i), j)
					}
				}
			}
			return
		}
	}
	for _, p := range round { // alone, or where there is no room for all there may be for some
		seq, err := b.store(ctx, p.message())
		p.done, p.number, p.err = true, numberOf(seq, 0), err
	}
}

// storeBundles stores a message for each bundle, all or none, and returns the sequence number of the last.
func (b *Bus) storeBundles(ctx context.Context, bundles [][]*posting) (uint64, error) {
	messages := make([]*nats.Msg, len(bundles))
	for i, all := range bundles {
		if messages[i] = bundle(all); len(all) == 1 {
			messages[i] = all[0].message()
		}
	}
	if len(messages) == 1 {
		return b.store(ctx, messages[0])
	}
	return b.storeAll(ctx, messages)
}

// bundlesOf divides payloads, in order, into bundles of at most so many bytes.
func bundlesOf(all []*posting, limit int) (out [][]*posting) {
	from, bytes := 0, 0
	for i, p := range all {
		if i > from && (bytes+p.size() > limit || i-from == maxBundle) {
			out = append(out, all[from:i])
			from, bytes = i, 0
		}
		bytes += p.size()
	}
	return append(out, all[from:])
}

// take takes payloads for a round: one at least.
func (g *group) take() []*posting {
	g.mu.Lock()
	defer g.mu.Unlock()
	n, bytes := 0, 0
	for n < len(g.waiting) && n < groupPayloads && (n == 0 || bytes+g.waiting[n].size() <= groupBytes) {
		bytes += g.waiting[n].size()
		n++
	}
	round := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return round
}
