package clickhouse

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/bench/synth"
)

// BenchmarkShip sends segments of 65,536 rows, indexes and parts on disk included.
func BenchmarkShip(b *testing.B) {
	for _, c := range []event.Class{event.ClassNetwork, event.ClassAudit} {
		b.Run(c.String(), func(b *testing.B) {
			s := migrated(b, Options{})
			const rows = 65536
			mix := synth.Mix{Network: 100}
			if c == event.ClassAudit {
				mix = synth.Mix{Audit: 100}
			}
			stream := synth.New(synth.Options{Seed: 1, Start: time.Unix(0, testDay), Rate: 1e5, Mix: mix})
			var events []*event.Event
			for range rows {
				e := &event.Event{}
				stream.Next(e)
				events = append(events, e.Clone())
			}
			data := parquetOf(b, c, event.Columns(c), events)
			m := &memory{}
			n := 0
			sh := newShipper(b, s, m, b.TempDir())
			for b.Loop() {
				m.addFile(strconv.Itoa(n), c, rows, data)
				if _, err := sh.Ship(context.Background()); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(rows*n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
