package spool

import "time"

// Counts are what went through a spool since Open.
type Counts struct {
	// Put, Sent and Refused are batches: kept, taken by the hub, refused by it for good.
	Put, Sent, Refused uint64
	// Shed and Lost are events: given up for want of room; refused, damaged or in memory at the end.
	Shed, Lost uint64
	// Damaged are batches that could not be read.
	Damaged uint64
}

// Stats are what a spool holds.
type Stats struct {
	Counts
	Batches int
	// Disk and Memory are the bytes held, Limit the bound of the first.
	Disk, Memory, Limit int64
	// Oldest is when the oldest batch was sealed, by the clock of then; zero when there is none.
	Oldest time.Time
	// Trouble is what the disk said last, nil when all is well.
	Trouble error
}

// Stats returns what the spool holds.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Stats{Counts: s.counts, Disk: s.disk, Memory: s.memory, Limit: s.opts.Bytes, Trouble: s.trouble}
	for i := range s.lanes {
		if g := s.first(Lane(i)); g != nil {
			if at := time.Unix(0, g.first.sealed); out.Oldest.IsZero() || at.Before(out.Oldest) {
				out.Oldest = at
			}
		}
		for _, t := range s.lanes[i].streams {
			for _, g := range t.segments {
				out.Batches += g.left
			}
		}
	}
	return out
}
