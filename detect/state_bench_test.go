package detect

import (
	"fmt"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// BenchmarkObserve is the cost of one event, and with matches that of what
// comes of them.
func BenchmarkObserve(b *testing.B) {
	count := rule.Correlation{Type: rule.EventCount, Rules: []string{"exec"}, GroupBy: []string{"actor.user.name"}, Timespan: time.Minute, Conditions: ge(50)}
	for _, bench := range []struct {
		name  string
		rules []*rule.Rule
		match bool
	}{
		{"none", []*rule.Rule{execRule(nil)}, false},
		{"match", []*rule.Rule{execRule(nil)}, true},
		{"novelty", []*rule.Rule{novelExec(rule.Informational)}, true},
		{"count", []*rule.Rule{execRule(nil), {ID: "joined", Title: "joined", Correlation: &count}}, true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s, err := NewState(bench.rules, StateOptions{})
			if err != nil {
				b.Fatal(err)
			}
			var matches []Match
			if bench.match {
				matches = []Match{{Rule: 0}}
			}
			events := make([]*event.Event, 64)
			for i := range events {
				events[i] = exec(0, fmt.Sprint("a", i), fmt.Sprint("u", i%16), fmt.Sprint("pod-", i%8), 101).event()
			}
			b.ReportAllocs()
			at, uid := start.UnixNano(), event.UID{}
			for i := 0; b.Loop(); i++ {
				e := events[i%len(events)]
				at += int64(20 * time.Millisecond)
				event.Time.Set(e, at)
				event.AuditRequestTime.Set(e, at)
				uid[0], uid[1], uid[2], uid[3] = byte(i), byte(i>>8), byte(i>>16), byte(i>>24)
				s.Observe(e, uid, matches, SeenFirst)
			}
		})
	}
}
