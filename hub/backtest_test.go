package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/past"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/sigma"
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
	if testing.Short() {
		t.Skip("eight backtests, one after the other; TestBacktestBesideUp has one beside a server")
	}
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

// keepFindings stores what a scan of a log finds, as a server does.
func keepFindings(tb testing.TB, dir, log string, rules []*rule.Rule) []*detect.Finding {
	tb.Helper()
	scanned, err := Scan(context.Background(), ScanOptions{Files: []string{log}, Rules: rules})
	if err != nil {
		tb.Fatal(err)
	}
	l, _, err := lake.Open(tb.Context(), lake.Options{Dir: filepath.Join(dir, lakeDir)})
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	a := l.Begin("findings", 1, 1)
	var e event.Event
	for _, f := range scanned.Findings {
		if err := row.Finding(&e, f, row.Standing{Received: f.Last}); err != nil {
			tb.Fatal(err)
		}
		if err := a.Add(&e); err != nil {
			tb.Fatal(err)
		}
	}
	if err := a.Commit(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return scanned.Findings
}

func TestBacktestResult(t *testing.T) {
	all := builtinRules(t)
	dir := pastOf(t, demoLog, false)
	findings := keepFindings(t, dir, demoLog, all)
	now := time.Now()
	var token *rule.Rule
	for _, r := range all {
		if r.Name == "token_read_by_command" {
			token = r
		}
	}
	exclusions := []exclude.Exclusion{{ID: "x1", Rules: []string{token.ID}, Scope: exclude.Scope{User: "anna.keller"}, Expires: now.Add(time.Hour)}}
	r, err := Backtest(t.Context(), BacktestOptions{Dir: dir, Rules: speakers(all), All: all, Exclusions: exclusions, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if r.Findings != len(findings) || !r.ExclusionsKnown || r.Events == 0 || r.Unreadable != 0 {
		t.Errorf("%d findings of %d events, stored are %d", r.Findings, r.Events, len(findings))
	}
	for _, x := range r.Rules {
		if x.Stored.Findings != x.Findings || x.Stored.Both != x.Findings || x.Stored.OnlyHere+x.Stored.OnlyThen != 0 {
			t.Errorf("%s: %d findings, stored %+v", x.Name, x.Findings, x.Stored)
		}
		if x.ID != token.ID {
			continue
		}
		if x.Findings != 1 || x.ExcludedFindings != 1 || x.Excluded[0].Name != "x1" || x.Users.Distinct != 1 || x.Users.Top[0].Name != "anna.keller" || x.Days[0].Name != "2026-11-18" ||
			len(x.Samples) != 1 || len(x.Samples[0].EventUIDs) == 0 || x.Samples[0].Excluded != "x1" {
			t.Errorf("%+v", x)
		}
	}

	// A rule alone, and a part of the time.
	since := time.Date(2026, 11, 18, 14, 14, 0, 0, time.UTC)
	if r, err = Backtest(t.Context(), BacktestOptions{Dir: dir, Rules: []*rule.Rule{token}, All: all, Since: since}); err != nil {
		t.Fatal(err)
	}
	if r.Findings != 0 || r.Events == 0 || r.First.Before(since) || r.ExclusionsKnown || r.Rules[0].Stored.Findings != 0 {
		t.Errorf("after it happened: %+v", r)
	}
	if r, err = Backtest(t.Context(), BacktestOptions{Dir: dir, Rules: []*rule.Rule{token}, All: all, Since: since.Add(-time.Hour), Until: since, Learn: 6 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	if r.Findings != 1 || r.Learned == 0 || !r.Last.Before(since) {
		t.Errorf("with what came before: %+v", r)
	}
}

// What a rule calls new depends on what was learned from the store before the
// time that is judged.
func TestBacktestLearns(t *testing.T) {
	log := filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz")
	loaded := sigma.Load(sigma.Options{}, sigma.Path(newVerbRule(t)))
	if len(loaded.Rules) != 1 {
		t.Fatalf("%v %v", loaded.Errors, loaded.Unsupported)
	}
	dir := pastOf(t, log, false)
	whole, err := Backtest(t.Context(), BacktestOptions{Dir: dir, Rules: loaded.Rules, All: loaded.Rules})
	if err != nil || whole.Findings == 0 {
		t.Fatalf("%+v, %v", whole, err)
	}
	since := whole.First.Add(whole.Last.Sub(*whole.First) / 2)
	var n [2]int
	for i, learn := range []time.Duration{0, 240 * time.Hour} {
		r, err := Backtest(t.Context(), BacktestOptions{Dir: dir, Rules: loaded.Rules, All: loaded.Rules, Since: since, Learn: learn})
		if err != nil {
			t.Fatal(err)
		}
		n[i] = r.Findings
		if (r.Learned > 0) != (learn > 0) {
			t.Errorf("learned from %d events", r.Learned)
		}
	}
	if n[1] >= n[0] {
		t.Errorf("%d findings without history, %d with it", n[0], n[1])
	}
}

// newVerbRule writes a rule for what a user has not done before.
func newVerbRule(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "new.yml")
	const text = `title: Verb that the user did not use before
id: 6ad06a4f-6d0c-4cf1-9f3c-6d5b0dd3c0a1
logsource:
    product: kubernetes
    service: audit
detection:
    selection:
        verb|exists: true
    condition: selection
level: low
lynceus:
    new: {key: [actor.user.name, api.operation, resource.type], min_history: 1s}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBacktestErrors(t *testing.T) {
	if _, err := Backtest(t.Context(), BacktestOptions{Dir: t.TempDir()}); err == nil {
		t.Error("a directory without a store was read")
	}
	dir := pastOf(t, demoLog, false)
	if _, err := Backtest(t.Context(), BacktestOptions{Dir: dir, Learn: time.Hour}); err == nil {
		t.Error("learning before all time was taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	all := builtinRules(t)
	if _, err := Backtest(ctx, BacktestOptions{Dir: dir, Rules: all, All: all}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}
