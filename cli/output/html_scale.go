package output

import (
	"fmt"
	"time"
)

// Margins of a picture, in percent, so that marks at its ends are whole.
const (
	scaleMargin = 2.5
	scaleWidth  = 100 - 2*scaleMargin
)

// scale maps times to places from left to right.
type scale struct{ first, last time.Time }

// newScale returns a scale that is at least a minute wide.
func newScale(first, last time.Time) scale {
	if d := time.Minute - last.Sub(first); d > 0 {
		first, last = first.Add(-d/2), last.Add(d/2)
	}
	return scale{first, last}
}

// at returns the place of t in percent.
func (s scale) at(t time.Time) float64 {
	return scaleMargin + scaleWidth*float64(t.Sub(s.first))/float64(s.last.Sub(s.first))
}

func (s scale) percent(t time.Time) string { return fmt.Sprintf("%.2f%%", s.at(t)) }

// tickSteps are the distances that ticks may have, and how their times are
// written.
var tickSteps = []struct {
	step   time.Duration
	layout string
}{
	{10 * time.Second, "15:04:05"}, {30 * time.Second, "15:04:05"}, {time.Minute, "15:04"}, {2 * time.Minute, "15:04"}, {5 * time.Minute, "15:04"},
	{10 * time.Minute, "15:04"}, {15 * time.Minute, "15:04"}, {30 * time.Minute, "15:04"}, {time.Hour, "15:04"}, {2 * time.Hour, "15:04"},
	{3 * time.Hour, "15:04"}, {6 * time.Hour, "01-02 15:04"}, {12 * time.Hour, "01-02 15:04"}, {24 * time.Hour, "01-02"}, {48 * time.Hour, "01-02"},
	{7 * 24 * time.Hour, "01-02"}, {14 * 24 * time.Hour, "01-02"}, {30 * 24 * time.Hour, "2006-01-02"}, {91 * 24 * time.Hour, "2006-01-02"},
	{365 * 24 * time.Hour, "2006-01-02"},
}

// maxTicks is how many ticks a picture has at most: their labels must not
// meet on a narrow screen.
const maxTicks = 4

// ticks returns round times and their places.
func (s scale) ticks() []htmlTick {
	step := tickSteps[len(tickSteps)-1]
	for _, t := range tickSteps {
		if s.last.Sub(s.first)/t.step < maxTicks {
			step = t
			break
		}
	}
	var out []htmlTick
	for t := s.first.UTC().Truncate(step.step); !t.After(s.last) && len(out) <= maxTicks; t = t.Add(step.step) {
		if !t.Before(s.first) {
			out = append(out, htmlTick{s.percent(t), t.Format(step.layout)})
		}
	}
	return out
}
