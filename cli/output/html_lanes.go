package output

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// Bounds of the timeline picture.
const (
	maxLanes = 12
	maxMarks = 400 // in one lane: more cannot be told apart
)

// htmlLanes is a picture of who did what when: a lane for each actor, time
// from left to right. Places are in percent of the width, so that the picture
// fits any screen.
type htmlLanes struct {
	Label string // says in words what is to be seen
	Ticks []htmlTick
	Lanes []*htmlLane
	More  string
}

type htmlTick struct{ X, Label string }

type htmlLane struct {
	Name     string
	Severity string
	From, To string // place of the line that joins the marks
	Marks    []htmlMark
	worst    rule.Severity
	first    time.Time
}

// htmlMark is one step: a dot, or a bar as long as it lasted.
type htmlMark struct {
	X, Width, Severity, Radius, Text, Time, Href string
	at, last                                     time.Time
	severity                                     rule.Severity
}

// overview is the picture of all findings.
func overview(r *report.Result) *htmlLanes {
	b := newLaneBuilder()
	for _, f := range r.Findings {
		b.add(incident.Responsible(f), htmlMark{
			Text: Clean(f.Rule.Title + ": " + incident.Describe(f)), Href: "#f-" + f.ID, at: f.First, last: f.Last, severity: f.Severity,
		})
	}
	t := r.Coverage.Total()
	return b.build(t.Span.First, t.Span.Last)
}

// incidentLanes is the picture of one incident, on its own scale.
func incidentLanes(i *incident.Incident) *htmlLanes {
	b := newLaneBuilder()
	for _, s := range i.Timeline {
		name := s.Actor
		if name == "" {
			name = "somebody"
		}
		b.add(name, htmlMark{Text: stepText(s, s.From), Href: "#f-" + s.Findings[0], at: s.First, last: s.Last, severity: s.Severity})
	}
	return b.build(time.Time{}, time.Time{})
}

type laneBuilder struct {
	byName      map[string]*htmlLane
	lanes       []*htmlLane
	first, last time.Time
}

func newLaneBuilder() *laneBuilder { return &laneBuilder{byName: map[string]*htmlLane{}} }

func (b *laneBuilder) add(name string, m htmlMark) {
	l := b.byName[name]
	if l == nil {
		l = &htmlLane{Name: Clean(name), first: m.at}
		b.byName[name] = l
		b.lanes = append(b.lanes, l)
	}
	l.worst = max(l.worst, m.severity)
	if m.at.Before(l.first) {
		l.first = m.at
	}
	l.Marks = append(l.Marks, m)
	b.first, b.last = earlier(b.first, m.at), later(b.last, m.last)
}

// build places the marks between two times, or between the first and the last
// mark where those are zero or narrower. It returns nil without marks.
func (b *laneBuilder) build(from, to time.Time) *htmlLanes {
	if len(b.lanes) == 0 {
		return nil
	}
	if from.IsZero() {
		from, to = b.first, b.last
	}
	scale := newScale(earlier(from, b.first), later(to, b.last))
	slices.SortStableFunc(b.lanes, func(x, y *htmlLane) int {
		return cmp.Or(cmp.Compare(y.worst, x.worst), x.first.Compare(y.first), cmp.Compare(x.Name, y.Name))
	})
	out := &htmlLanes{Ticks: scale.ticks(), Label: fmt.Sprintf("Timeline of %s, %s", amount(int64(len(b.lanes)), "actor"), span(scale.first, scale.last, "15:04"))}
	if rest := len(b.lanes) - maxLanes; rest > 0 {
		out.More = "and " + amount(int64(rest), "more actor")
		b.lanes = b.lanes[:maxLanes]
	}
	for _, l := range b.lanes {
		l.place(scale)
	}
	out.Lanes = b.lanes
	return out
}

// place gives the marks of a lane their places, the worst on top.
func (l *htmlLane) place(s scale) {
	l.Severity = l.worst.String()
	slices.SortStableFunc(l.Marks, func(x, y htmlMark) int {
		return cmp.Or(cmp.Compare(x.severity, y.severity), x.at.Compare(y.at))
	})
	if len(l.Marks) > maxMarks {
		l.Marks = l.Marks[len(l.Marks)-maxMarks:]
	}
	first, last := l.Marks[0].at, l.Marks[0].last
	for i := range l.Marks {
		m := &l.Marks[i]
		first, last = earlier(first, m.at), later(last, m.last)
		m.Severity, m.X, m.Time = m.severity.String(), s.percent(m.at), span(m.at, m.last, "15:04:05")
		m.Radius = [...]string{"", "4", "5", "6", "7", "8"}[m.severity]
		if s.at(m.last)-s.at(m.at) > 1 {
			m.Width = fmt.Sprintf("%.2f%%", s.at(m.last)-s.at(m.at))
		}
	}
	l.From, l.To = s.percent(first), s.percent(last)
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
