package output

import (
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/coverage"
)

func TestCoverageTexts(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	f := func(name, want string, write func(*strings.Builder) error) {
		t.Helper()
		var b strings.Builder
		if err := write(&b); err != nil || b.String() != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, b.String(), want)
		}
	}
	whole := &coverage.Statement{Complete: true, Sources: 1}
	holes := &coverage.Statement{Sources: 1, Gaps: []coverage.Gap{{Key: coverage.Key{Node: "w\x1b1", Source: "sensor"}, Reason: coverage.Silent, From: noon}}}
	f("complete", "\x1b[32mcoverage: complete\x1b[0m", func(b *strings.Builder) error {
		b.WriteString(CoverageLine(whole, TextOptions{Color: true}))
		return nil
	})
	f("gaps", "coverage: 1 gap: node w\\x1b1 said nothing since 2026-03-02 12:00:00", func(b *strings.Builder) error {
		b.WriteString(CoverageLine(holes, TextOptions{}))
		return nil
	})
	full := coverage.Condition{Code: "disk-full", About: "store", Level: coverage.Failure, Since: noon.Add(-time.Minute), Text: "the disk is full", Advice: "make room"}
	f("status", `failure  Lynceus v1, started 1 h ago

failure  the disk is full (for 1 min)
         make room

  Coverage of the last hour: complete
  audit    3 rows, 1.0 kB
`, func(b *strings.Builder) error {
		st := &api.Status{Version: "v1", Started: noon.Add(-time.Hour), Health: coverage.Failure, Conditions: []coverage.Condition{full}, Tables: []api.TableStatus{{Name: "audit", Rows: 3, Bytes: 1000}, {Name: "dns"}}}
		return WriteStatus(b, st, whole, noon, TextOptions{})
	})
	f("a long name of a table", `ok       Lynceus v1, started 1 h ago

  inventory 1 row, 0 B
  audit     3 rows, 1.0 kB
`, func(b *strings.Builder) error {
		st := &api.Status{Version: "v1", Started: noon.Add(-time.Hour), Tables: []api.TableStatus{{Name: "inventory", Rows: 1}, {Name: "audit", Rows: 3, Bytes: 1000}}}
		return WriteStatus(b, st, nil, noon, TextOptions{})
	})
	state := coverage.State{Key: coverage.Key{Cluster: "prod", Node: "w1", Source: "sensor"}, Role: coverage.Sensor, First: noon.Add(-time.Hour), Last: noon.Add(-time.Minute), Minute: noon.Add(-time.Minute), Silent: true}
	state.Seen = 5
	state.Drop(coverage.Queue, 2)
	f("sources", `silent      node w1 of cluster prod
            sensor, heard of 1 min ago, 5 events in the minute of 11:59 and 2 missing
never seen  audit: requests
            follow a log
`, func(b *strings.Builder) error {
		return WriteSources(b, &api.SourceStates{Sources: []coverage.State{state}, Missing: []api.MissingSource{{Role: coverage.Audit, What: "requests", Enable: "follow a log"}}}, noon, TextOptions{})
	})
}
