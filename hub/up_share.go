package hub

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/store/lease"
)

// share is the partitions that this process judges: its fair share of all, and
// what others left.
type share struct {
	up *Up

	mu   sync.Mutex
	held map[int]*owned
}

// owned is a partition that this process judges.
type owned struct {
	consumer *live.Consumer // nil until it begins
	stop     context.CancelFunc
	done     chan struct{}
}

// partitionKey is the lease of who judges a partition.
func partitionKey(p int) string { return judgeLease + strconv.Itoa(p) }

func newShare(u *Up) *share { return &share{up: u, held: map[int]*owned{}} }

// run takes partitions that nobody has, and hands back what is more than a fair
// share, until ctx ends; then all.
func (s *share) run(ctx context.Context) error {
	tick := time.NewTicker(s.up.leases.TTL() / 5)
	defer tick.Stop()
	for {
		s.balance(ctx)
		select {
		case <-ctx.Done():
			s.end()
			return nil
		case <-tick.C:
		}
	}
}

// balance takes or hands back partitions.
func (s *share) balance(ctx context.Context) {
	all, judges := s.up.bus.Partitions(), s.up.judges()
	fair := (all + judges - 1) / judges
	have := s.clear()
	for p := 0; p < all && have > fair; p++ {
		if s.leave(p) {
			have--
		}
	}
	for p := 0; p < all && have < fair && ctx.Err() == nil; p++ {
		if s.has(p) {
			continue
		}
		held, err := s.up.leases.Take(ctx, partitionKey(p), nil)
		if err != nil {
			if !errors.Is(err, lease.ErrHeld) && ctx.Err() == nil {
				s.up.o.Log.Warn("a partition could not be taken; it is tried again", "partition", p, "error", err)
			}
			continue
		}
		s.take(ctx, p, held)
		have++
	}
}

// clear forgets partitions that ended, and counts the others.
func (s *share) clear() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, o := range s.held {
		select {
		case <-o.done:
			delete(s.held, p)
		default:
		}
	}
	return len(s.held)
}

func (s *share) has(p int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[p] != nil
}

// leave ends the work on a partition, which writes what was found, and hands it
// back. It reports whether there was any.
func (s *share) leave(p int) bool {
	s.mu.Lock()
	o := s.held[p]
	s.mu.Unlock()
	if o == nil {
		return false
	}
	o.stop()
	<-o.done
	return true
}

func (s *share) end() {
	s.mu.Lock()
	all := make([]*owned, 0, len(s.held))
	for _, o := range s.held {
		all = append(all, o)
	}
	s.mu.Unlock()
	for _, o := range all {
		o.stop()
	}
	for _, o := range all {
		<-o.done
	}
}

// take begins the work on a partition whose lease was taken.
func (s *share) take(ctx context.Context, p int, held *lease.Lease) {
	ctx, stop := context.WithCancel(ctx)
	o := &owned{stop: stop, done: make(chan struct{})}
	s.mu.Lock()
	s.held[p] = o
	s.mu.Unlock()
	go func() {
		defer close(o.done)
		defer stop()
		lost := make(chan struct{})
		go func() {
			select {
			case <-held.Lost():
				stop()
			case <-ctx.Done():
			}
			close(lost)
		}()
		err := s.judge(ctx, p, held, o)
		stop()
		<-lost
		if err != nil && !errors.Is(err, live.ErrFenced) && ctx.Err() == nil {
			s.up.o.Log.Error("a partition is given up; it is taken up again from where it stands", "partition", p, "error", err)
		}
		if err := handBack(held); err != nil {
			s.up.o.Log.Warn("a partition could not be handed back; others wait until its lease ends", "partition", p, "error", err)
		}
	}()
}

// judge judges the events of a partition until ctx ends.
func (s *share) judge(ctx context.Context, p int, held *lease.Lease, o *owned) error {
	u := s.up
	source, err := u.bus.Consumer(ctx, consumerName, p)
	if err != nil {
		return err
	}
	log, err := live.OpenLog(ctx, u.logs, p, source.Sequence(), held.Token())
	if err != nil {
		return err
	}
	past := &live.RemotePast{Bus: u.logs, Partition: p, Of: u.bus.Partitions(), After: log.Last}
	m := mind{store: log, past: past, novelty: u.state.snapshot(ofPartition(noveltyKey, p)), writers: u.state.snapshot(ofPartition(writersKey, p))}
	m.novelty.before, m.writers.before = noveltyKey, writersKey
	with := &judgedBy{up: u}
	consumer := &live.Consumer{
		Source: source, Store: log, Counts: &u.counts, Log: u.o.Log.With("partition", p), Now: u.o.Now,
		NewJudge: func(ctx context.Context) (*live.Judge, error) {
			origins, err := past.Origins(ctx)
			if err != nil {
				return nil, fmt.Errorf("ask what is stored: %w", err)
			}
			log.Know(origins)
			return u.newJudge(ctx, m, with.take())
		},
		Outdated: with.outdated,
	}
	s.mu.Lock()
	o.consumer = consumer
	s.mu.Unlock()
	return consumer.Run(ctx)
}

// ofPartition is the key of what belongs to a partition.
func ofPartition(key string, p int) string { return key + "." + strconv.Itoa(p) }

// ready says which partition is being taken up.
func (s *share) ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, o := range s.held {
		if o.consumer == nil || !o.consumer.Ready() {
			return fmt.Errorf("detection takes up the past of partition %d", p)
		}
	}
	return nil
}

// muted is live.Consumer.Muted of all partitions together.
func (s *share) muted() map[string]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out map[string]int64
	for _, o := range s.held {
		if o.consumer == nil {
			continue
		}
		for r, n := range o.consumer.Muted() {
			if out == nil {
				out = map[string]int64{}
			}
			out[r] += n
		}
	}
	return out
}
