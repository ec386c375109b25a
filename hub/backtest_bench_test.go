package hub

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/bench"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/lake"
)

// benchedBytes is how much of audit log the store of BenchmarkBacktest holds.
const benchedBytes = 192 << 20

// BenchmarkBacktest judges a store of requests, the log of a real cluster
// repeated day after day, by one rule and by all built-in ones.
func BenchmarkBacktest(b *testing.B) {
	dir, now := b.TempDir(), time.Now()
	l, _, err := lake.Open(b.Context(), lake.Options{Dir: filepath.Join(dir, lakeDir), Now: func() time.Time { return now }})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	appendReplay(b, l)
	all := builtinRules(b)
	for _, state := range []string{"appended", "merged"} {
		if state == "merged" {
			now = now.Add(24 * time.Hour)
			if _, err := l.Maintain(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		for _, c := range []struct {
			name  string
			rules []*rule.Rule
		}{{"one", speakers(all)[:1]}, {"all", speakers(all)}} {
			b.Run(state+"/"+c.name, func(b *testing.B) {
				events := int64(0)
				for b.Loop() {
					r, err := Backtest(b.Context(), BacktestOptions{Dir: dir, Rules: c.rules, All: all})
					if err != nil {
						b.Fatal(err)
					}
					events += r.Events
				}
				b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}

// appendReplay fills a lake, about 16,000 events at a time.
func appendReplay(b *testing.B, l *lake.Lake) {
	log := bytes.Join(logLines(b, filepath.Join(require.Data(b), "audit-real-k8s-1.36.jsonl.gz")), nil)
	replay, err := bench.NewReplay(log, benchedBytes)
	if err != nil {
		b.Fatal(err)
	}
	live, err := audit.NewLive(audit.LiveOptions{Redactor: redact.New(redact.NewKey())})
	if err != nil {
		b.Fatal(err)
	}
	number := uint64(1)
	a := l.Begin("test", number, number)
	_, err = live.Stream(audit.Origin{Source: "log"}, replay, func(batch *audit.Batch) error {
		for i := range batch.Len() {
			e := batch.Event(i)
			event.MetadataUID.Set(e, batch.UID(i).String())
			event.ReceivedTime.Set(e, event.Time.Get(e))
			if err := a.Add(e); err != nil {
				return err
			}
		}
		if a.Rows() < 16384 {
			return nil
		}
		if err := a.Commit(b.Context()); err != nil {
			return err
		}
		number++
		a = l.Begin("test", number, number)
		return nil
	})
	if err == nil {
		err = a.Commit(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
}
