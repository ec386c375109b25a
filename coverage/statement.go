package coverage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// maxStated bounds the gaps of a statement.
const maxStated = 100

// Question is of what time and of which tables' sources the coverage is asked for.
type Question struct {
	// From is included, To is not; zero for no bound.
	From, To time.Time
	// Tables are those that are asked; none means all.
	Tables []event.Class
	// Cluster and Node narrow the sources; "" for all.
	Cluster, Node string
	// Sees says of which clusters' sources may be told, the hub's own beside them; nil means of all.
	Sees func(cluster string) bool
}

// about reports whether a question is about a source.
func (q *Question) about(k Key, r Role) bool {
	switch {
	case q.Cluster != "" && k.Cluster != q.Cluster, q.Node != "" && k.Node != q.Node:
		return false
	}
	return q.Sees == nil || r == Hub || q.Sees(k.Cluster)
}

// Statement is the coverage of a stretch of time.
type Statement struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Complete says that every source that there should be told all of it.
	Complete bool `json:"complete"`
	// Sources is how many sources there were.
	Sources int `json:"sources"`
	// Gaps, the latest first, cut off at a hundred; More is how many there are besides.
	Gaps []Gap `json:"gaps"`
	More int   `json:"more_gaps,omitempty"`
}

// Roles returns whose events a table has; none for a table that is about Lynceus itself.
func Roles(tables []event.Class) (out []Role) {
	add := func(rs ...Role) {
		for _, r := range rs {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	for _, c := range tables {
		switch c {
		case event.ClassAudit:
			add(Audit)
		case event.ClassInventory, event.ClassK8sEvent:
			add(Inventory)
		case event.ClassFinding, event.ClassIncident:
			add(Audit, Sensor, Inventory, Other)
		case event.ClassHealth, event.ClassSelfAudit:
		default:
			add(Sensor, Other)
		}
	}
	return out
}

// State returns the coverage of a stretch of time, as far as it is known at now. It returns nil where the tables are
// about Lynceus itself.
func (b *Book) State(q Question, now time.Time) *Statement {
	tables := q.Tables
	if len(tables) == 0 {
		tables = []event.Class{event.ClassFinding}
	}
	roles := Roles(tables)
	if len(roles) == 0 {
		return nil
	}
	s := &Statement{From: q.From, To: q.To, Gaps: []Gap{}}
	window := span{0, now.UnixNano()}
	if !q.From.IsZero() {
		window.from = q.From.UnixNano()
	}
	if !q.To.IsZero() && q.To.Before(now) {
		window.to = q.To.UnixNano()
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	there := map[Role]bool{}
	for _, k := range b.keys() {
		t := b.tracks[k]
		if !slices.Contains(roles, t.role) || !q.about(k, t.role) {
			continue
		}
		there[t.role] = true
		s.Sources++
		s.Gaps = append(s.Gaps, b.gaps(k, t, window, now.UnixNano())...)
	}
	for _, r := range wanted(tables) {
		if !there[r] {
			s.Gaps = append(s.Gaps, Gap{Role: r, Reason: NoSource})
		}
	}
	if b.began > 0 && window.from < b.began && window.from > 0 {
		s.Gaps = append(s.Gaps, Gap{Reason: NoLedger, From: q.From, To: instant(min(b.began, window.to))})
	}
	s.settle()
	return s
}

// wanted are the roles without which tables have nothing.
func wanted(tables []event.Class) (out []Role) {
	for _, c := range tables {
		switch c {
		case event.ClassAudit:
			out = append(out, Audit)
		case event.ClassProcess, event.ClassFile, event.ClassNetwork, event.ClassDNS, event.ClassKernel, event.ClassModule, event.ClassMemory:
			if !slices.Contains(out, Sensor) {
				out = append(out, Sensor)
			}
		}
	}
	return out
}

// gaps returns what is missing of one source within a window.
func (b *Book) gaps(k Key, t *track, window span, now int64) (out []Gap) {
	reason := Silent
	if len(t.covered) == 0 {
		reason = Unseen
	}
	for _, x := range b.unseen(t, now).within(window) {
		g := Gap{Key: k, Role: t.role, Reason: reason, From: instant(x.from), To: instant(x.to)}
		if x.to == now {
			g.To = time.Time{}
		}
		out = append(out, g)
	}
	for i := range t.missing {
		m := &t.missing[i]
		if m.to <= window.from || m.from >= window.to {
			continue
		}
		out = append(out, m.gap(k, t.role))
	}
	return out
}

// gap is a stretch as a gap.
func (m *stretch) gap(k Key, r Role) Gap {
	g := Gap{Key: k, Role: r, Reason: Missing, From: instant(m.from), To: instant(m.to), Seen: m.Seen, Lost: m.Lost, Shed: m.Shed, Missing: map[Hop]int64{}}
	for h, n := range m.Missing {
		if n > 0 {
			g.Missing[Hop(h)] = n
		}
	}
	return g
}

func instant(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// settle orders and bounds the gaps.
func (s *Statement) settle() {
	slices.SortStableFunc(s.Gaps, func(x, y Gap) int { return y.end().Compare(x.end()) })
	if len(s.Gaps) > maxStated {
		s.More = len(s.Gaps) - maxStated
		s.Gaps = s.Gaps[:maxStated:maxStated]
	}
	s.Complete = len(s.Gaps) == 0 && s.Sources > 0
}

// end is when a gap ends, for order: one that lasts ends last.
func (g *Gap) end() time.Time {
	if g.To.IsZero() {
		return time.Unix(0, 1<<63-1)
	}
	return g.To
}

// linesGaps is how many gaps a line tells.
const lineGaps = 3

// Line is the statement in one line: "complete", "2 gaps: ...", "unknown: ...".
func (s *Statement) Line() string {
	n := len(s.Gaps) + s.More
	switch {
	case s.Complete:
		return "complete"
	case n == 0:
		return "unknown: no source has reported"
	}
	var told []string
	for i := range s.Gaps[:min(len(s.Gaps), lineGaps)] {
		told = append(told, s.Gaps[i].String())
	}
	text := fmt.Sprintf("%d gaps", n)
	if n == 1 {
		text = "1 gap"
	}
	if len(told) == 0 { // they are somebody else's to see
		return text
	}
	text += ": "
	text += strings.Join(told, "; ")
	if n > lineGaps {
		text += "; ..."
	}
	return text
}
