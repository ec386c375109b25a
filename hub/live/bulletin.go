package live

import (
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/row"
)

// bulletin is what a Judge has to write at one time.
type bulletin struct {
	judge     *Judge
	now       time.Time
	rows      []func(*event.Event) error
	findings  map[string]*told
	incidents map[string]*told
	last      map[string]*incident.Incident
	fresh     []*detect.Finding // that nobody was told of yet
}

// compose makes the rows to write, each as a function that fills an event:
// findings that changed, those whose incident or exclusion is another one,
// and incidents that are not what was written last.
func (b *bulletin) compose(changed []*detect.Finding) {
	j := b.judge
	grown := make(map[string]bool, len(changed))
	for _, f := range changed {
		grown[f.ID] = true
	}
	all := j.o.State.Findings()
	excluded := map[string]string{}
	var open []*detect.Finding
	for _, f := range all {
		if j.o.Excluded != nil {
			if by := j.o.Excluded(f); by != "" {
				excluded[f.ID] = by
				continue
			}
		}
		open = append(open, f)
	}
	incidents := incident.Build(open, incident.Options{Identities: j.o.Callers.Identities})
	of := map[string]string{}
	for _, i := range incidents {
		for _, f := range i.Findings {
			of[f.ID] = i.ID
		}
	}
	b.findings, b.incidents, b.last = map[string]*told{}, map[string]*told{}, map[string]*incident.Incident{}
	for _, f := range all {
		b.finding(f, of[f.ID], excluded[f.ID], grown[f.ID])
	}
	for _, i := range incidents {
		b.incident(i)
	}
	b.merged(of)
}

// next returns the revision that follows what was told of id, and whether
// anything was.
func next(t *told) int64 {
	if t == nil {
		return 0
	}
	return t.revision + 1
}

func (b *bulletin) finding(f *detect.Finding, inc, excluded string, grown bool) {
	was := b.judge.findings[f.ID]
	standing := inc + " " + excluded
	if was != nil && !grown && was.standing == standing {
		return
	}
	s := row.Standing{Revision: next(was), Received: b.now, Incident: inc, Excluded: excluded}
	said := was != nil && was.said
	if !said && excluded == "" {
		b.fresh = append(b.fresh, f)
	}
	b.findings[f.ID] = &told{revision: s.Revision, last: f.Last.UnixNano(), standing: standing, said: said || excluded == ""}
	b.rows = append(b.rows, func(e *event.Event) error { return row.Finding(e, f, s) })
}

func (b *bulletin) incident(i *incident.Incident) {
	was := b.judge.incidents[i.ID]
	decided, revision := b.judge.caseOf(i.ID)
	standing := fingerprint(i) + " " + strconv.FormatUint(revision, 36)
	b.last[i.ID] = i
	if was != nil && was.standing == standing {
		return
	}
	s := row.Standing{Revision: next(was), Received: b.now, Case: decided}
	b.incidents[i.ID] = &told{revision: s.Revision, last: i.Last.UnixNano(), standing: standing}
	b.rows = append(b.rows, func(e *event.Event) error { return row.Incident(e, i, s) })
}

// merged writes a last row for incidents that became part of another one.
func (b *bulletin) merged(of map[string]string) {
	for id, was := range b.judge.last {
		into := of[was.Root.ID]
		if b.last[id] != nil || into == "" || into == id {
			continue
		}
		t := b.judge.incidents[id]
		standing := "merged " + into
		if t != nil && t.standing == standing {
			continue
		}
		s := row.Standing{Revision: next(t), Received: b.now, MergedInto: into}
		b.incidents[id] = &told{revision: s.Revision, last: was.Last.UnixNano(), standing: standing}
		b.rows = append(b.rows, func(e *event.Event) error { return row.Incident(e, was, s) })
	}
}

// settle notes that the rows were stored.
func (b *bulletin) settle() {
	j := b.judge
	for id, t := range b.findings {
		j.findings[id] = t
	}
	for id, t := range b.incidents {
		j.incidents[id] = t
	}
	j.last = b.last
	if j.o.Told == nil {
		return
	}
	for _, f := range b.fresh {
		j.o.Told(f)
	}
}

// fingerprint changes when an incident does.
func fingerprint(i *incident.Incident) string {
	count := int64(0)
	for _, f := range i.Findings {
		count += f.Count + int64(f.Severity)<<32
	}
	return i.Title + " " + strconv.FormatInt(count, 36) + " " + strconv.Itoa(len(i.Findings)) + " " + strconv.FormatInt(i.Last.UnixNano(), 36)
}
