package eval

import (
	"fmt"
	"maps"
	"slices"
)

// Worse says in what s is worse than an older account of the same recordings,
// a line for each; nothing when it is as good or better.
func (s *Summary) Worse(old *Summary) []string {
	var out []string
	if s.Recordings < old.Recordings {
		out = append(out, fmt.Sprintf("recordings: %d, were %d", s.Recordings, old.Recordings))
	}
	known := map[Missed]bool{}
	for _, m := range old.Missed {
		known[m] = true
	}
	for _, m := range s.Missed {
		if !known[m] {
			out = append(out, fmt.Sprintf("missed now: %s step %d (%s), %s", m.Recording, m.Step, m.Technique, m.What))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old.Techniques)) {
		was, is := old.Techniques[name], s.Techniques[name]
		if is.Found.Share() < was.Found.Share() || is.Found.All < was.Found.All {
			out = append(out, fmt.Sprintf("%s: %d of %d steps found, were %d of %d", name, is.Found.Hit, is.Found.All, was.Found.Hit, was.Found.All))
		}
		if is.Alarm < was.Alarm {
			out = append(out, fmt.Sprintf("%s: %d steps with a finding above low, were %d", name, is.Alarm, was.Alarm))
		}
	}
	for i, r := range s.Who.rows() {
		// What was not labelled before cannot have become worse.
		if is, was := *r.ratio, *old.Who.rows()[i].ratio; was.All > 0 && (is.Share() < was.Share() || is.Hit < was.Hit) {
			out = append(out, fmt.Sprintf("%s right in %d of %d steps, were %d of %d", r.name, is.Hit, is.All, was.Hit, was.All))
		}
	}
	for _, n := range []struct {
		name    string
		was, is int
	}{
		{"findings above low in ordinary work", old.LoudBenign, s.LoudBenign},
		{"findings above low beside attacks", old.LoudBeside, s.LoudBeside},
		{"incidents of attacks", old.Incidents, s.Incidents},
		{"findings of ordinary work joined to attacks", old.Joined, s.Joined},
	} {
		if n.is > n.was {
			out = append(out, fmt.Sprintf("%s: %d, were %d", n.name, n.is, n.was))
		}
	}
	if s.Holdout != nil && old.Holdout != nil {
		for _, line := range s.Holdout.Worse(old.Holdout) {
			out = append(out, "held out: "+line)
		}
	} else if old.Holdout != nil {
		out = append(out, "held out: no recording, were "+fmt.Sprint(old.Holdout.Recordings))
	}
	return out
}
