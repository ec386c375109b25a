package hub

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect/backtest"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/store/lake"
)

// A backtest that meets a bound says so, and its result is of what was judged
// until then.
func TestBacktestBounds(t *testing.T) {
	all := builtinRules(t)
	dir := pastOf(t, demoLog, false)
	l, _, err := lake.Open(t.Context(), lake.Options{Dir: filepath.Join(dir, lakeDir), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	o := BacktestOptions{Lake: l, Rules: speakers(all), All: all, WindowBytes: 100 << 10}
	whole, err := Backtest(t.Context(), o)
	if err != nil || whole.Stopped != "" || whole.Findings == 0 || whole.ReadBytes == 0 {
		t.Fatalf("%+v, %v", whole, err)
	}
	o.MaxBytes = 200 << 10
	part, err := Backtest(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if part.Stopped != backtest.StoppedBytes || part.Events == 0 || part.Events >= whole.Events || !part.Last.Before(*whole.Last) || part.ReadBytes >= whole.ReadBytes {
		t.Errorf("%s after %d of %d events, %d of %d bytes, until %s", part.Stopped, part.Events, whole.Events, part.ReadBytes, whole.ReadBytes, part.Last)
	}
	o.MaxBytes = whole.ReadBytes
	if r, err := Backtest(t.Context(), o); err != nil || r.Stopped != "" || r.Events != whole.Events {
		t.Errorf("bytes that suffice: %+v, %v", r, err)
	}
	o.MaxBytes, o.Timeout = 0, time.Nanosecond
	if r, err := Backtest(t.Context(), o); err != nil || r.Stopped != backtest.StoppedTime || r.Events >= whole.Events {
		t.Errorf("no time: %+v, %v", r, err)
	}
}

// Who is limited tries rules on what they see.
func TestBacktestScope(t *testing.T) {
	all := builtinRules(t)
	dir := pastOf(t, demoLog, false)
	keepFindings(t, dir, demoLog, all)
	o := BacktestOptions{Dir: dir, Rules: speakers(all), All: all}
	whole, err := Backtest(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	o.Scope = scope.Scope{Namespaces: []string{"payments"}}
	some, err := Backtest(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if some.Findings == 0 || some.Findings >= whole.Findings || some.Events == 0 || some.Events >= whole.Events {
		t.Errorf("%d of %d findings, %d of %d events", some.Findings, whole.Findings, some.Events, whole.Events)
	}
	for _, r := range some.Rules {
		for _, n := range r.Namespaces.Top {
			if n.Name != "payments" {
				t.Errorf("%s: findings in %s", r.Name, n.Name)
			}
		}
		if n := r.Namespaces.Top; r.Findings > 0 && (len(n) != 1 || n[0].Findings != r.Findings) {
			t.Errorf("%s: %d findings, namespaces %v", r.Name, r.Findings, n)
		}
		if r.Stored.OnlyThen > r.Stored.Findings || r.Stored.Findings > whole.Findings {
			t.Errorf("%s: stored %+v", r.Name, r.Stored)
		}
	}
	o.Scope = scope.Scope{Clusters: []string{"another"}}
	if none, err := Backtest(t.Context(), o); err != nil || none.Events != 0 || none.Findings != 0 || none.First != nil {
		t.Errorf("another cluster: %+v, %v", none, err)
	}
	for _, r := range whole.Rules {
		if r.Stored.Findings != r.Findings {
			t.Errorf("%s: %+v", r.Name, r.Stored)
		}
	}
}
