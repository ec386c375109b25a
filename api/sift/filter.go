package sift

import (
	"slices"
	"strings"
)

// severities are the names of severities by number, as package rule has them.
var severities = [...]string{"", "informational", "low", "medium", "high", "critical"}

// Filter says which findings are wanted; the zero value all.
type Filter struct {
	// Of are the values of a column, any of which will do. None is a value,
	// too.
	Of map[Column][]string
	// AtLeast is the least severity, as a number.
	AtLeast int
	// Since and Until bound when a finding was last seen, both included; 0
	// does not.
	Since, Until int64
	// Received bounds when its last change came, included; 0 does not.
	Received int64
	// Text are words, each of which stands in one of the finding's texts,
	// without regard to case.
	Text string
	// IDs, where there are any, are the findings that may be wanted.
	IDs []string
}

// MaxWords is how many words of a Filter's Text count.
const MaxWords = 8

// sieve is a Filter with the numbers of a table for its texts.
type sieve struct {
	f        *Filter
	text     [Columns][]bool // nil lets all through
	tactics  []bool
	severity []bool
	joined   []bool // by 0 (no) and 1 (yes)
	excluded []bool
	words    []word
	ids      map[string]bool
}

// word is which texts of each column have it.
type word struct {
	text [Columns][]bool
	id   string
}

func (t *Table) sieve(f *Filter) *sieve {
	s := &sieve{f: f}
	yesNo := []string{"no", "yes"}
	for c, wanted := range f.Of {
		switch {
		case len(wanted) == 0:
		case c < Columns:
			s.text[c] = t.dicts[c].find(wanted)
		case c == Tactic:
			s.tactics = make([]bool, len(t.tactics.texts))
			for id := range s.tactics {
				have := t.tacticsOf(uint32(id))
				s.tactics[id] = slices.ContainsFunc(wanted, func(w string) bool { return w == None && len(have) == 0 || slices.Contains(have, w) })
			}
		case c == Level:
			s.severity = truths(severities[:], wanted)
		case c == Joined:
			s.joined = truths(yesNo, wanted)
		case c == Excluded:
			s.excluded = truths(yesNo, wanted)
		}
	}
	words := strings.Fields(strings.ToLower(f.Text))
	for _, text := range words[:min(len(words), MaxWords)] {
		w := word{id: text}
		for c := range w.text {
			w.text[c] = t.dicts[c].with(text)
		}
		s.words = append(s.words, w)
	}
	if len(f.IDs) > 0 {
		s.ids = make(map[string]bool, len(f.IDs))
		for _, id := range f.IDs {
			s.ids[id] = true
		}
	}
	return s
}

func truths(of, wanted []string) []bool {
	out := make([]bool, len(of))
	for i, v := range of {
		out[i] = slices.Contains(wanted, v)
	}
	return out
}

// common judges what is no column that one chooses from.
func (s *sieve) common(p *packed) bool {
	f := s.f
	if int(p.severity) < f.AtLeast || f.Since != 0 && p.last < f.Since || f.Until != 0 && p.last > f.Until || f.Received != 0 && p.received > f.Received {
		return false
	}
	for i := range s.words {
		if !s.words[i].in(p) {
			return false
		}
	}
	return s.ids == nil || s.ids[p.id]
}

func (w *word) in(p *packed) bool {
	for c := range w.text {
		if w.text[c][p.text[c]] {
			return true
		}
	}
	return len(w.id) >= 8 && strings.HasPrefix(p.id, w.id)
}

// keeps reports whether a finding is wanted. Where one column alone speaks
// against it, but is it: what one would see by choosing another value there.
func (s *sieve) keeps(p *packed) (ok bool, but Column) {
	but = all
	if !s.common(p) {
		return false, all
	}
	against := func(c Column) bool { // the second one
		if but != all {
			return true
		}
		but = c
		return false
	}
	for c := range s.text {
		if s.text[c] != nil && !s.text[c][p.text[c]] && against(Column(c)) {
			return false, all
		}
	}
	if s.tactics != nil && !s.tactics[p.tactics] && against(Tactic) || s.severity != nil && !s.severity[p.severity] && against(Level) ||
		s.joined != nil && !s.joined[yes(p.text[Incident] != 0)] && against(Joined) || s.excluded != nil && !s.excluded[yes(p.excluded)] && against(Excluded) {
		return false, all
	}
	return but == all, but
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}
