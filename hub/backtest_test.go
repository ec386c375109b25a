package hub

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/past"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/lake"
)

// speakers are the rules that make findings of their own.
func speakers(rules []*rule.Rule) (out []*rule.Rule) {
	for _, r := range rules {
		if !r.Silent && !r.Disabled {
			out = append(out, r)
		}
	}
	return out
}

// pastOf stores the events of a log in appends of several sizes and returns
// the data directory. Receipt is as the log has it.
func pastOf(tb testing.TB, log string, merge bool) string {
	tb.Helper()
	dir := tb.TempDir()
	now := time.Now()
	l, _, err := lake.Open(tb.Context(), lake.Options{Dir: filepath.Join(dir, lakeDir), Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	r, err := audit.Open(tb.Context(), []string{log}, audit.Options{Key: []byte("a key that stays the same")})
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	n, number := 0, uint64(1)
	a := l.Begin("test", number, number)
	requests := audit.NewRequests(0)
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			tb.Fatal(err)
		}
		if s := requests.Observe(rec.Event, rec.UID); s == audit.SeenAgain || s == audit.SeenLate {
			continue
		}
		event.MetadataUID.Set(rec.Event, rec.UID.String())
		event.ReceivedTime.Set(rec.Event, rec.Time)
		if err := a.Add(rec.Event); err != nil {
			tb.Fatal(err)
		}
		if n++; n%(400+n%300) == 0 {
			if err := a.Commit(tb.Context()); err != nil {
				tb.Fatal(err)
			}
			number++
			a = l.Begin("test", number, number)
		}
	}
	if err := a.Commit(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	if merge {
		now = now.Add(24 * time.Hour)
		if _, err := l.Maintain(tb.Context()); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// trialOf runs a backtest of rules over a whole store and returns its
// findings.
func trialOf(tb testing.TB, o BacktestOptions, bytes int64) []*detect.Finding {
	tb.Helper()
	l, _, err := lake.Open(tb.Context(), lake.Options{Dir: filepath.Join(o.Dir, lakeDir), ReadOnly: true})
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	t := &trial{o: o, lake: l}
	if err := t.compile(); err != nil {
		tb.Fatal(err)
	}
	c, err := past.Replay(tb.Context(), past.Options{Lake: l, Tables: t.tables(), From: t.from, To: t.to, Bytes: bytes}, t.observe)
	if err != nil {
		tb.Fatal(err)
	}
	if c.Unreadable > 0 {
		tb.Errorf("%d requests cannot be read", c.Unreadable)
	}
	return t.state.Finish()
}

// describe says everything of a finding but which requests it names beyond
// the thousandth.
func describe(f *detect.Finding) string {
	return fmt.Sprintf("%s %q %s %v %s..%s n=%d failed=%d %+v %+v %v %v %v %v", f.ID, f.Rule.Title, f.Severity, f.Reasons, f.First, f.Last, f.Count, f.Failed,
		f.Actor, f.Target, f.Evidence, f.Novelty, f.EventUIDs, f.Parts)
}

func describeAll(fs []*detect.Finding) (out []string) {
	for _, f := range fs {
		out = append(out, describe(f))
	}
	slices.Sort(out)
	return out
}

// What a backtest finds in a store is what a scan finds in the log that filled
// it, to the letter, however large windows are and whether segments were
// merged.
func TestBacktestEqualsScan(t *testing.T) {
	all := builtinRules(t)
	for name, log := range map[string]string{"demo": demoLog, "real": filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz")} {
		t.Run(name, func(t *testing.T) {
			scanned, err := Scan(context.Background(), ScanOptions{Files: []string{log}, Rules: all, Key: []byte("a key that stays the same")})
			if err != nil {
				t.Fatal(err)
			}
			want := describeAll(scanned.Findings)
			if len(want) == 0 {
				t.Fatal("the scan found nothing")
			}
			for _, merge := range []bool{false, true} {
				dir := pastOf(t, log, merge)
				for _, bytes := range []int64{past.DefaultBytes, 200 << 10} {
					got := describeAll(trialOf(t, BacktestOptions{Dir: dir, Rules: speakers(all), All: all}, bytes))
					if !reflect.DeepEqual(got, want) {
						t.Errorf("merged %v, windows of %d bytes: %d findings, a scan has %d\n%s", merge, bytes, len(got), len(want), firstOther(got, want))
					}
				}
			}
		})
	}
}

// firstOther shows the first entry in which two lists differ.
func firstOther(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("got  %s\nwant %s", got[i], want[i])
		}
	}
	return ""
}
