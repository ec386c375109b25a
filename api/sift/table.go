package sift

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Table is the findings. It may be used by several goroutines.
type Table struct {
	mu      sync.RWMutex
	most    int64 // bytes
	bytes   int64
	rows    []packed // the latest first
	at      map[string]int32
	dicts   [Columns]dict
	tactics dict // what a rule has, joined by tacticsBy
	// left is whether older findings were left out for want of room.
	left bool
}

// packed is a Row, its texts by number.
type packed struct {
	id                             string
	first, last, received, decided int64
	count, failed                  int64
	text                           [Columns]uint32
	tactics                        uint32
	severity                       uint8
	excluded                       bool
}

// rowBytes is about what a row costs, its id and its place in the map
// included.
const rowBytes = 256

// tacticsBy stands between tactics; no tactic has it.
const tacticsBy = "\x00"

// New returns an empty table that holds about so many bytes: where more
// findings come, those that were seen last longest ago are left out.
func New(most int64) *Table {
	t := &Table{most: most, at: map[string]int32{}, tactics: newDict()}
	for c := range t.dicts {
		t.dicts[c] = newDict()
	}
	return t
}

// Put adds findings, or replaces those of the same ids, whose Status,
// Resolution, Assignee and Decided stay.
func (t *Table) Put(rows []Row) {
	if len(rows) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range rows {
		r := &rows[i]
		p := t.pack(r)
		if at, ok := t.at[r.ID]; ok {
			old := &t.rows[at]
			p.id, p.decided = old.id, old.decided
			for _, c := range []Column{Status, Resolution, Assignee} {
				p.text[c] = old.text[c]
			}
			*old = p
			continue
		}
		t.at[p.id] = int32(len(t.rows))
		t.rows = append(t.rows, p)
	}
	t.settle()
}

func (t *Table) pack(r *Row) packed {
	p := packed{
		id: strings.Clone(r.ID), first: r.First, last: r.Last, received: r.Received, decided: r.Decided, count: r.Count, failed: r.Failed,
		severity: uint8(min(max(r.Severity, 0), len(severities)-1)), excluded: r.Excluded, tactics: t.tactics.id(strings.Join(r.Tactics, tacticsBy)),
	}
	for c, text := range r.Text {
		p.text[c] = t.dicts[c].id(text)
	}
	return p
}

// settle puts the rows in order and keeps to the bound.
func (t *Table) settle() {
	slices.SortFunc(t.rows, func(a, b packed) int { return cmp.Or(cmp.Compare(b.last, a.last), cmp.Compare(a.id, b.id)) })
	t.bytes = t.tactics.bytes
	for i := range t.dicts {
		t.bytes += t.dicts[i].bytes
	}
	if room := max(t.most-t.bytes, 0) / rowBytes; int64(len(t.rows)) > room {
		t.left = true
		clear(t.rows[room:])
		t.rows = t.rows[:room]
		clear(t.at)
	}
	t.bytes += int64(len(t.rows)) * rowBytes
	for i := range t.rows {
		t.at[t.rows[i].id] = int32(i)
	}
}

// Standing is what was decided about a finding.
type Standing struct {
	Status, Resolution, Assignee string
	// Decided is when the status was set last, in nanoseconds since 1970.
	Decided int64
}

// Decide gives each finding the standing that of says, by its id.
func (t *Table) Decide(of func(id string) Standing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.rows {
		p := &t.rows[i]
		s := of(p.id)
		p.decided = s.Decided
		p.text[Status] = t.dicts[Status].id(s.Status)
		p.text[Resolution] = t.dicts[Resolution].id(s.Resolution)
		p.text[Assignee] = t.dicts[Assignee].id(s.Assignee)
	}
}

// Len returns how many findings there are, and whether older ones were left
// out.
func (t *Table) Len() (n int, left bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.rows), t.left
}

// Bytes returns about how much memory it takes.
func (t *Table) Bytes() int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.bytes
}

// Has reports whether it holds all findings with these ids.
func (t *Table) Has(ids []string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return !slices.ContainsFunc(ids, func(id string) bool { _, ok := t.at[id]; return !ok })
}

// unpack returns a row as it was put.
func (t *Table) unpack(p *packed) Row {
	r := Row{
		ID: p.id, First: p.first, Last: p.last, Received: p.received, Decided: p.decided, Count: p.count, Failed: p.failed,
		Severity: int(p.severity), Excluded: p.excluded, Tactics: t.tacticsOf(p.tactics),
	}
	for c := range r.Text {
		r.Text[c] = t.dicts[c].texts[p.text[c]]
	}
	return r
}

func (t *Table) tacticsOf(id uint32) []string {
	if id == 0 {
		return nil
	}
	return strings.Split(t.tactics.texts[id], tacticsBy)
}
