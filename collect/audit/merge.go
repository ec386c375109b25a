package audit

import "github.com/lynceus-io/lynceus/event"

// sourceHeap has the source with the next record first.
type sourceHeap []*source

func (h sourceHeap) Len() int           { return len(h) }
func (h sourceHeap) Less(i, j int) bool { return h[i].before(h[j]) }
func (h sourceHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push adds a source.
func (h *sourceHeap) Push(s any) { *h = append(*h, s.(*source)) }

// Pop removes the last source.
func (h *sourceHeap) Pop() any {
	old := *h
	s := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return s
}

// advance makes the next record of s ready. It returns false at the end.
func (r *Reader) advance(s *source) bool {
	for {
		if s.batch != nil {
			for ; s.index < len(s.batch.items); s.index++ {
				if r.settle(s) {
					return true
				}
			}
			r.release(s, s.batch)
			s.batch = nil
		}
		if !r.await(s) {
			r.finish(s)
			return false
		}
	}
}

// await waits for the next batch of s and takes it into the account.
func (r *Reader) await(s *source) bool {
	var b *Batch
	select {
	case b = <-s.queue:
		if b == nil {
			return false
		}
	case <-r.ctx.Done():
		return false
	}
	select {
	case <-b.ready:
	case <-r.ctx.Done():
		return false
	}
	s.batch, s.index = b, 0
	s.account(&b.counts)
	return true
}

// settle gives the record at s.index its place in time. It returns false for
// one that is not wanted.
func (r *Reader) settle(s *source) bool {
	it := &s.batch.items[s.index]
	s.time = it.time
	if it.time != noTime {
		return true
	}
	s.time = s.latest
	if s.latest == noTime {
		s.time = r.received
	}
	it.time, it.lent = s.time, true
	event.Time.Set(s.batch.Event(s.index), s.time)
	if !r.wanted(s.time) {
		s.report.Filtered++
		return false
	}
	return true
}

// deliver makes the next record of s the one that Next returns.
func (r *Reader) deliver(s *source) *Record {
	b, i := s.batch, s.index
	line, offset := b.position(i)
	r.record = Record{
		Event: b.Event(i), UID: b.items[i].uid, Time: s.time,
		Source: s.file.Name, Line: line, Offset: offset, Batch: b, Index: i,
	}
	s.report.Events++
	switch {
	case b.items[i].lent:
	case s.time < s.latest:
		s.report.Late++
	default:
		s.latest = s.time
	}
	ceiling := r.received + int64(maxAhead)
	if s.time > ceiling {
		s.report.Future++
	}
	r.watermark = max(r.watermark, min(s.time, ceiling))
	s.span(s.time)
	return &r.record
}
