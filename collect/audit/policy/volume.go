package policy

import (
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Volume is how much of a log a policy keeps.
type Volume struct {
	Events, Bytes int64
}

// add counts one event of a length in bytes with its line's end.
func (v *Volume) add(document []byte) {
	v.Events++
	v.Bytes += int64(len(document)) + 1
}

// Meter applies a policy to events and counts.
type Meter struct {
	policy *Policy
	// Before is what was recorded, After what the policy leaves.
	Before, After Volume
	// Rules has one volume for each rule of the policy: what it lets through;
	// Decided counts the events that it decided about. The last is for what
	// no rule matched.
	Rules   []Volume
	Decided []int64
	// Short counts events of which the policy asks for bodies that were not
	// recorded.
	Short int64
	// First and Last are the times of the events, zero where there are none.
	First, Last time.Time
}

// NewMeter returns a Meter for a policy.
func NewMeter(p *Policy) *Meter {
	return &Meter{policy: p, Rules: make([]Volume, len(p.Rules)+1), Decided: make([]int64, len(p.Rules)+1)}
}

// Apply returns what the policy leaves of an event, nil for nothing, and
// counts it.
func (m *Meter) Apply(e *event.Event) ([]byte, error) {
	t, err := m.policy.Apply(e)
	if err != nil {
		return nil, err
	}
	if at := event.Time.Get(e); at != 0 {
		when := time.Unix(0, at).UTC()
		if m.First.IsZero() || when.Before(m.First) {
			m.First = when
		}
		if when.After(m.Last) {
			m.Last = when
		}
	}
	m.Before.add(e.Raw)
	by := t.Decision.Rule
	if by < 0 {
		by = len(m.policy.Rules)
	}
	m.Decided[by]++
	if t.Document == nil {
		return nil, nil
	}
	if t.Short {
		m.Short++
	}
	m.After.add(t.Document)
	m.Rules[by].add(t.Document)
	return t.Document, nil
}

// shortest is the shortest log of which a day's volume is told.
const shortest = time.Minute

// PerDay returns what a volume is over 24 hours, if the rest of the day is
// like the log; ok is false where the log is shorter than a minute.
func (m *Meter) PerDay(v Volume) (perDay Volume, ok bool) {
	span := m.Last.Sub(m.First)
	if span < shortest {
		return Volume{}, false
	}
	days := span.Hours() / 24
	return Volume{int64(float64(v.Events) / days), int64(float64(v.Bytes) / days)}, true
}
