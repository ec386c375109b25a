package sift

import (
	"cmp"
	"slices"
)

// Order is by what findings are sorted; the zero value is by when they were
// last seen, the oldest first.
type Order struct {
	// By is a column of text, Level, or one of the numbers below.
	By   Column
	Desc bool
}

// What is sorted by that is no column.
const (
	LastSeen Column = -1 - iota
	FirstSeen
	Count
)

// Place is where a page ends: by what its last row was sorted.
type Place struct {
	Number int64
	Text   string
	Last   int64
	ID     string
}

// place returns where a row stands in an order.
func (t *Table) place(o Order, p *packed) Place {
	at := Place{Last: p.last, ID: p.id}
	switch {
	case o.By == LastSeen:
		at.Number = p.last
	case o.By == FirstSeen:
		at.Number = p.first
	case o.By == Count:
		at.Number = p.count
	case o.By == Level:
		at.Number = int64(p.severity)
	case o.By >= 0 && o.By < Columns:
		at.Text = t.dicts[o.By].low[p.text[o.By]]
	}
	return at
}

// compare orders places; what is equal goes by when it was last seen, the
// latest first, and then by id.
func (o Order) compare(a, b *Place) int {
	n := cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text))
	if o.Desc {
		n = -n
	}
	return cmp.Or(n, cmp.Compare(b.Last, a.Last), cmp.Compare(a.ID, b.ID))
}

// Page returns the findings that a filter wants, in order, at most limit of
// them after a place; next is the place after which there are more, nil where
// there are not.
func (t *Table) Page(f *Filter, o Order, after *Place, limit int) (rows []Row, next *Place) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	s := t.sieve(f)
	type found struct {
		at  Place
		row *packed
	}
	var best []found
	// The rows are in the order that is asked for mostly: then the first are
	// enough. Otherwise what is past them is cut off now and then.
	full := false
	natural := o == Order{LastSeen, true}
	less := func(a, b found) int { return o.compare(&a.at, &b.at) }
	for i := range t.rows {
		p := &t.rows[i]
		if ok, _ := s.keeps(p); !ok {
			continue
		}
		at := t.place(o, p)
		if after != nil && o.compare(&at, after) <= 0 {
			continue
		}
		if full && o.compare(&at, &best[limit].at) >= 0 {
			continue // best[limit] is the last one that counts
		}
		best = append(best, found{at, p})
		if natural && len(best) > limit {
			break
		}
		if len(best) >= 4*limit+64 {
			slices.SortFunc(best, less)
			best, full = best[:limit+1], true
		}
	}
	slices.SortFunc(best, less)
	if len(best) > limit {
		best = best[:limit]
		next = &best[limit-1].at
	}
	for _, b := range best {
		rows = append(rows, t.unpack(b.row))
	}
	return rows, next
}

// IDs returns the ids of all findings that a filter wants.
func (t *Table) IDs(f *Filter) (ids []string) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	s := t.sieve(f)
	for i := range t.rows {
		if ok, _ := s.keeps(&t.rows[i]); ok {
			ids = append(ids, t.rows[i].id)
		}
	}
	return ids
}
