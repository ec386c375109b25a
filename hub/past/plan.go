package past

import (
	"context"
	"fmt"
	"math"
)

// firstGuess is what an event takes in a window, in bytes, until one was read.
const firstGuess = 2048

// plan says where windows end, by what the store says of its segments.
type plan struct {
	to      int64
	extents []extent
	total   int64   // events, estimated
	each    float64 // bytes an event takes
}

// extent is a segment: how many events between which times.
type extent struct {
	min, max int64
	rows     float64
}

// plan looks up the segments of what is wanted.
func (r *reader) plan(ctx context.Context) (*plan, error) {
	p := &plan{to: r.o.To, each: firstGuess}
	for _, c := range r.o.Tables {
		snap, err := r.o.Lake.Pin(ctx, selection(c, r.o.From, r.o.To))
		if err != nil {
			return nil, fmt.Errorf("look into the table %s: %w", c, err)
		}
		for _, f := range snap.Files {
			p.extents = append(p.extents, extent{f.MinTime, f.MaxTime, float64(f.Rows)})
		}
		snap.Release()
	}
	p.total = int64(p.rows(r.o.From, r.o.To))
	return p, nil
}

// next returns the first time from at on at which there can be events.
func (p *plan) next(at int64) (int64, bool) {
	first, ok := int64(math.MaxInt64), false
	for _, x := range p.extents {
		if x.max >= at && x.min <= p.to {
			first, ok = min(first, max(x.min, at)), true
		}
	}
	return first, ok && first <= p.to
}

// rows estimates how many events there are between two times, both included.
func (p *plan) rows(from, to int64) (n float64) {
	for _, x := range p.extents {
		lo, hi := max(from, x.min), min(to, x.max)
		if lo > hi {
			continue
		}
		n += x.rows * (float64(hi) - float64(lo) + 1) / (float64(x.max) - float64(x.min) + 1)
	}
	return n
}

// end returns where a window that begins at a time should end to take about
// three quarters of its bytes: what is more is read twice.
func (p *plan) end(from, bytes int64) int64 {
	most := 0.75 * float64(bytes) / p.each
	lo, hi := from, p.to
	for lo < hi {
		mid := middle(lo, hi)
		if p.rows(from, mid) <= most {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

// middle returns the number half way, the greater of two.
func middle(lo, hi int64) int64 {
	return lo + int64((uint64(hi)-uint64(lo)+1)/2)
}

// learn takes from a window how large events are.
func (p *plan) learn(w *window) {
	if n := len(w.held); n > 0 {
		p.each = float64(w.size()) / float64(n)
	}
}
