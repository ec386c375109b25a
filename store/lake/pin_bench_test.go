package lake

import (
	"context"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// BenchmarkPin looks for values that one of many segments has.
func BenchmarkPin(b *testing.B) {
	now := &clock{base}
	l, _ := open(b, Options{Dir: b.TempDir(), Now: now.now})
	events := pool(4096, (*maker).network)
	const hours = 100
	for i := range hours {
		now.at = base.Add(time.Duration(i) * time.Hour)
		for _, e := range events {
			event.ReceivedTime.Set(e, now.at.UnixNano())
			event.Time.Set(e, now.at.UnixNano())
		}
		store(b, l, "p", uint64(i+1), uint64(i+1), events[i*20:i*20+2000]...)
	}
	now.at = now.at.Add(2 * time.Hour)
	maintain(b, l)
	address := event.DstEndpointIP.Get(events[10])
	f := func(name string, change func(*sql.Scan)) {
		sel := All(event.ClassNetwork)
		change(&sel.Scan)
		b.Run(name, func(b *testing.B) {
			files := 0
			for b.Loop() {
				snap, err := l.Pin(context.Background(), sel)
				if err != nil {
					b.Fatal(err)
				}
				files = len(snap.Files)
				snap.Release()
			}
			b.ReportMetric(float64(files), "files")
		})
	}
	f("all", func(*sql.Scan) {})
	f("address", func(s *sql.Scan) { s.Equal = []sql.Equal{{Column: "dst_endpoint_ip", Values: []string{address}}} })
	f("absent address", func(s *sql.Scan) { s.Equal = []sql.Equal{{Column: "dst_endpoint_ip", Values: []string{"203.0.113.9"}}} })
	f("folded host", func(s *sql.Scan) {
		s.Equal = []sql.Equal{{Column: "dst_endpoint_hostname", Values: []string{"SVC-9999.example.org"}, Fold: true}}
	})
	f("part of a command", func(s *sql.Scan) { s.Contains = []sql.Contains{{Column: "actor_process_cmd_line", Text: "xmrig"}} })
}
