//go:build cgo

package hub

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/hub/seek"
	"github.com/lynceus-io/lynceus/internal/require"
)

// Beside a running server a backtest of all built-in rules finds what the
// server found, and what a scan of the log that it follows finds.
func TestBacktestBesideUp(t *testing.T) {
	for name, log := range map[string]string{
		"demo": demoLog,
		"real": filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz"),
	} {
		if testing.Short() && name != "demo" { // the larger log shows no more of what is done at once
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := logFiles(t, "live", [][][]byte{logLines(t, log)})[0]
			want := scanResult(t, file)
			u := startUp(t, UpOptions{Dir: t.TempDir(), Follow: []string{file}, Log: logs(t)})
			stored(t, u, 3*time.Minute, len(requestsOf(t, file)))
			want.await(t, u.store)
			all := builtinRules(t)
			r, err := Backtest(t.Context(), BacktestOptions{Dir: u.o.Dir, Rules: speakers(all), All: all})
			if err != nil {
				t.Fatal(err)
			}
			if r.Findings != len(want.findings) {
				t.Errorf("%d findings, a scan has %d", r.Findings, len(want.findings))
			}
			for _, x := range r.Rules {
				if x.Stored.Findings != x.Findings || x.Stored.Both != x.Findings || x.Stored.Requests != x.Requests {
					t.Errorf("%s: %d findings of %d requests, the server stored %+v", x.Name, x.Findings, x.Requests, x.Stored)
				}
			}
			var in seek.Indicators
			if err := in.Add("0.0.0.0/0"); err != nil {
				t.Fatal(err)
			}
			if seen, err := Hunt(t.Context(), HuntOptions{Dir: u.o.Dir, Indicators: &in}); err != nil || seen.Seen != 1 {
				t.Errorf("%+v, %v", seen, err)
			}
		})
	}
}
