package spool

import (
	"errors"
	"fmt"
	"syscall"
)

// Put keeps a batch, giving up others when there is no room. It does not wait for the disk. The error wraps ErrShed when the
// batch itself was given up, which is counted.
func (s *Spool) Put(in Input) error {
	if len(in.Payload) > MaxPayload {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(in.Payload), MaxPayload)
	}
	if in.Lane >= lanes || len(in.Owner) > maxOwner {
		return fmt.Errorf("spool: lane %d, owner %q: there is no such lane, or the owner is longer than %d bytes", in.Lane, in.Owner, maxOwner)
	}
	shares := trim(in.Shares)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	l := &s.lanes[in.Lane]
	s.record = appendRecord(s.record[:0], l.sequence+1, s.opts.Now().UnixNano(), shares, in.Payload)
	g, err := s.write(in.Lane, in.Owner, s.record, l.sequence+1)
	if err != nil {
		s.shed.add(shares, &s.counts.Shed)
		return err
	}
	l.sequence++
	s.counts.Put++
	if g.left == 1 {
		s.wake()
	}
	return nil
}

// write adds a batch to a segment on the disk, or in memory when the disk takes nothing. What is on a disk that is full gives
// way only when there is no room in memory.
func (s *Spool) write(lane Lane, owner string, record []byte, sequence uint64) (*segment, error) {
	for {
		g, err := s.appendTo(lane, owner, record, sequence, false)
		if err == nil {
			s.trouble = nil
			return g, nil
		}
		if errors.Is(err, ErrShed) {
			return nil, err
		}
		s.trouble = err
		full := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
		if fits := s.memory+int64(len(record)+maxHeader) <= s.opts.Memory; !full || fits || !s.giveUp(lane, false) {
			return s.appendTo(lane, owner, record, sequence, true)
		}
	}
}

// appendTo adds a batch to the stream's last segment, or to a new one. An error that does not wrap ErrShed is the disk's.
func (s *Spool) appendTo(lane Lane, owner string, record []byte, sequence uint64, inMemory bool) (*segment, error) {
	limit, held := s.opts.Bytes, &s.disk
	if inMemory {
		limit, held = s.opts.Memory, &s.memory
	}
	if s.segments >= maxSegments {
		owner = ""
	}
	g := s.target(lane, owner, len(record), inMemory)
	need := int64(len(record))
	if g == nil {
		need += int64(headerFixed + len(owner) + sumBytes)
	}
	for *held+need > limit || g == nil && s.segments >= maxSegments {
		if !s.giveUp(lane, inMemory) {
			return nil, ErrShed
		}
		if now := s.target(lane, owner, len(record), inMemory); now != g { // it was the one that was given up
			g, need = nil, int64(len(record)+headerFixed+len(owner)+sumBytes)
		}
	}
	if g == nil {
		var err error
		if g, err = s.newSegment(lane, owner, inMemory); err != nil {
			return nil, err
		}
	}
	if err := g.append(record, sequence); err != nil {
		g.closed = true
		if g.left == 0 {
			s.drop(lane, g)
		}
		return nil, err
	}
	*held += int64(len(record))
	s.lanes[lane].stream(s.generation, owner).bytes += int64(len(record))
	return g, nil
}

// target returns the segment to which a batch of n bytes can be added, nil when that has to be a new one.
func (s *Spool) target(lane Lane, owner string, n int, inMemory bool) *segment {
	t := s.lanes[lane].stream(s.generation, owner)
	if t == nil {
		return nil
	}
	size := s.segment
	if inMemory {
		size = memorySegment
	}
	g := t.segments[len(t.segments)-1]
	if g.closed || g.inMemory != inMemory || g.size+int64(n) > size {
		return nil
	}
	return g
}

// newSegment begins a segment of this epoch.
func (s *Spool) newSegment(lane Lane, owner string, inMemory bool) (*segment, error) {
	h := header{lane: lane, generation: s.generation, epoch: s.epoch, owner: owner}
	g := &segment{header: h, store: &memory{}, inMemory: inMemory, size: int64(h.length()), at: int64(h.length())}
	if !inMemory {
		f, err := create(s.path(s.number + 1))
		if err != nil {
			return nil, err
		}
		s.number++
		g.store = f
	}
	if err := g.store.write(h.append(nil), 0); err != nil {
		return nil, errors.Join(err, g.store.remove())
	}
	if t := s.lanes[lane].stream(s.generation, owner); t != nil {
		before := t.segments[len(t.segments)-1]
		before.closed = true
		if len(t.segments) > 1 { // the first is being read
			before.store.rest()
		}
	}
	s.lanes[lane].add(g)
	s.segments++
	*s.held(g) += g.size
	s.newFiles = s.newFiles || !inMemory
	return g, nil
}

// held is the sum to which a segment counts.
func (s *Spool) held(g *segment) *int64 {
	if g.inMemory {
		return &s.memory
	}
	return &s.disk
}
