package detect

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/lynceus-io/lynceus/event"
)

// findings holds the findings that are being built.
type findings struct {
	byID    map[event.UID]*building
	hasher  *event.UIDHasher
	perHour int
	limit   int // audit ids of one finding; negative: all
	bytes   int64
	max     int64
	made    map[int32]*made
	muted   map[int32]int64 // matches of a rule that went into summaries
	changed map[event.UID]bool
	// news: something else happened to one of them than that the same went on.
	news bool
	// restored are the findings of an earlier run that name a row, and those
	// that others reported of one, by the row's identity.
	restored map[event.UID][]event.UID
	// own has the finding in which a rule counted a row, aliases under which
	// id what has another one is kept: the same was found by somebody else.
	own, aliases links
	foreign      int // rules that only reports name
	// replaying: matches may be those that restored findings counted already.
	replaying bool
}

// made counts the findings that a rule made in the latest hour of event time.
type made struct {
	hour int64
	n    int
}

func newFindings(opts *StateOptions) *findings {
	return &findings{
		byID: map[event.UID]*building{}, hasher: event.NewUIDHasher(), perHour: opts.FindingsPerHour,
		limit: opts.AuditIDs, max: opts.FindingBytes, made: map[int32]*made{}, muted: map[int32]int64{}, changed: map[event.UID]bool{},
		restored: map[event.UID][]event.UID{},
	}
}

// get returns the finding id of plan p for a request, making it when there is
// none, or the summary of a rule that is muted.
func (t *findings) get(p *plan, id event.UID, a *about) *building {
	if f := t.byID[id]; f != nil {
		return f
	}
	summary := false
	full := t.bytes >= t.max
	if full || t.floods(p.index, a.time) {
		id, summary = t.summaryID(p, a, full), true
		t.muted[p.index]++
		if f := t.byID[id]; f != nil {
			return f
		}
	}
	f := &building{id: id, plan: p, summary: summary}
	if summary {
		f.blend = blendSame
	}
	t.byID[id] = f
	return f
}

// floods counts a new finding of a rule and reports whether it is one too
// many.
func (t *findings) floods(index int32, at int64) bool {
	m := t.made[index]
	if m == nil {
		m = &made{}
		t.made[index] = m
	}
	if h := floorDiv(at, hour); h > m.hour {
		m.hour, m.n = h, 0
	}
	m.n++
	return m.n > t.perHour
}

// add counts a request in a finding and keeps the account of memory. When
// memory is short the request counts and is not named.
func (t *findings) add(f *building, a *about) {
	if f.restored && (f.names(a.uid) || t.replaying && a.time <= f.counted) {
		return
	}
	t.changed[f.id] = true
	t.news = t.news || f.first == nil || f.raised || a.denied && !f.denied
	f.raised = false
	was := f.size
	if f.first == nil {
		was, f.size = 0, a.size+512
	}
	limit := t.limit
	if t.bytes >= t.max {
		limit = len(f.ids)
	}
	f.add(a, limit)
	t.bytes += f.size - was
}

// tell has it told that a finding is not what it was.
func (t *findings) tell(f *building) {
	t.changed[f.id] = true
	t.news = true
}

// summaryID returns the id of the finding that counts what a muted rule did
// not make: in the window, or, when there is no room for more findings, from
// then on.
func (t *findings) summaryID(p *plan, a *about, full bool) event.UID {
	if full {
		return t.hasher.Sum("muted", p.rule.ID, a.cluster)
	}
	return t.hasher.Sum("muted", p.rule.ID, a.cluster, strconv.FormatInt(floorDiv(a.time, p.window)*p.window, 10))
}

// sorted returns all findings: the most severe first, then by time and id.
func (t *findings) sorted() []*Finding { return t.sortedOf(nil) }

// sortedOf returns those findings whose ids are in only, all when it is nil.
func (t *findings) sortedOf(only map[event.UID]bool) []*Finding {
	out := make([]*Finding, 0, len(t.byID))
	for id, f := range t.byID {
		if f.first == nil || only != nil && !only[id] {
			continue
		}
		made := f.finding()
		for id := range f.parts {
			if t.byID[id] != nil {
				made.Parts = append(made.Parts, id.String())
			}
		}
		slices.Sort(made.Parts)
		out = append(out, made)
	}
	slices.SortFunc(out, func(a, b *Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// floorDiv is a/b, rounded down for negative a too.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
