package kql

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	f := func(text string, o Options, from, until time.Time) {
		t.Helper()
		o.Now = now
		q, err := Compile(text, o)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := q.Span(); !a.Equal(from) || b.Truncate(time.Microsecond) != until.Truncate(time.Microsecond) {
			t.Errorf("%s: from %v until %v", text, a, b)
		}
	}
	hour := now.Add(-time.Hour)
	f("audit", Options{}, time.Time{}, time.Time{})
	f("print 1", Options{}, time.Time{}, time.Time{})
	f("audit | count", Options{Since: hour}, hour, time.Time{})
	f("audit | where time > ago(1h) | summarize count() by k8s.namespace", Options{}, hour, time.Time{})
	f("audit | where time between (ago(1h) .. now())", Options{}, hour, now)
	f("audit | where time > ago(1h) | join kind=inner (process | where time > ago(2h)) on k8s.pod", Options{}, now.Add(-2*time.Hour), time.Time{})
}
