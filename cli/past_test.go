//go:build cgo

package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/detect/backtest"
	"github.com/lynceus-io/lynceus/hub/seek"
)

const ownRule = `title: Anna looks at pods
id: 0d0a2d3f-1b5e-4c49-8f0e-7d2f6a1f3b11
name: anna_looks
logsource:
    product: kubernetes
    service: audit
detection:
    selection:
        user.username: anna.keller
        objectRef.resource: pods
    condition: selection
level: low
---
title: Anna looks at pods often
id: 0d0a2d3f-1b5e-4c49-8f0e-7d2f6a1f3b12
correlation:
    type: event_count
    rules: [anna_looks]
    group-by: [user.username]
    timespan: 1h
    condition: {gte: 3}
level: medium
`

func TestRulesBacktest(t *testing.T) {
	if testing.Short() {
		t.Skip("one command after another, each by itself: little for the race detector, and a minute of it")
	}
	s := newDemoStore(t)
	own := filepath.Join(t.TempDir(), "own.yml")
	if err := os.WriteFile(own, []byte(ownRule), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := asked(t, s, "", "rules", "backtest", "token_read_by_command", "--data", s.dir)
	for _, want := range []string{"It would have fired once (1 match)", "2026-11-18  1  █", "1 finding of this time: 1 also found here", "anna.keller get payments/pods/exec", "643 events with 1 rule"} {
		if code != exitDone || !strings.Contains(out, want) {
			t.Errorf("exit %d %s: no %q in\n%s", code, errs, want, out)
		}
	}
	out, errs, code = asked(t, s, "", "rules", "backtest", own, "--data", s.dir, "-o", "json", "--since", "2026-11-18T14:00:00Z", "--learn", "1d")
	var r backtest.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone {
		t.Fatalf("exit %d %s: %v\n%s", code, errs, err, out)
	}
	if len(r.Rules) != 2 || r.Rules[0].Findings == 0 || r.Rules[1].Findings == 0 || r.Learned == 0 || r.Schema != backtest.Schema || r.ExclusionsKnown {
		t.Errorf("%+v", r)
	}
	for _, x := range r.Rules {
		if x.Users.Distinct != 1 || x.Users.Top[0].Name != "anna.keller" || len(x.Samples) == 0 || x.Stored.Findings != 0 {
			t.Errorf("%+v", x)
		}
	}
	out, _, code = asked(t, s, "", "rules", "backtest", "--all", "--data", s.dir)
	if code != exitDone || !strings.Contains(out, "rules found nothing") || strings.Contains(out, "only then") || strings.Contains(out, "only here") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if out, _, _ = asked(t, s, "", "rules", "backtest", "token_read_by_command", "--data", s.dir, "--until", "2026-11-01"); !strings.Contains(out, "says nothing") {
		t.Errorf("without events:\n%s", out)
	}
}

func TestHunt(t *testing.T) {
	s := newDemoStore(t)
	out, errs, code := asked(t, s, "", "hunt", "203.0.113.66", "evil.example", "--data", s.dir)
	for _, want := range []string{"35 events in audit src_endpoint.ip, 2026-11-18 14:08:57", "anna.keller, system:serviceaccount:payments:payments-api", "2 indicators, 1 seen", "no events of this time in process, file, network, dns"} {
		if code != exitDone || !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("exit %d %s: no %q in\n%s", code, errs, want, out)
		}
	}
	out, errs, code = asked(t, s, "203.0.113.0/24 # theirs\n\x00\nANNA.KELLER\n", "hunt", "--feed", "-", "--data", s.dir, "-o", "json", "--until", "2026-11-18T12:00:00Z")
	var r seek.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone || !strings.Contains(errs, "1 line of - is no indicator") {
		t.Fatalf("exit %d %s: %v\n%s", code, errs, err, out)
	}
	if r.Indicators != 2 || r.Seen != 1 || r.Sightings[0].Indicator != "ANNA.KELLER" {
		t.Errorf("%+v", r)
	}
}

func TestPastErrors(t *testing.T) {
	if testing.Short() {
		t.Skip("wrong command lines, one after another: nothing for the race detector")
	}
	s := newDemoStore(t)
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"rules", "backtest"}, exitUsage, "name a rule"},
		{[]string{"rules", "backtest", "no_such_rule"}, exitFailed, "neither a file with rules"},
		{[]string{"rules", "backtest", "--all", "-o", "xml"}, exitUsage, "neither text nor json"},
		{[]string{"rules", "backtest", "--all", "--learn", "soon"}, exitUsage, "--learn"},
		{[]string{"rules", "backtest", "--all", "--since", "1d", "--until", "2d"}, exitUsage, "no event can be between"},
		{[]string{"rules", "backtest", "--all", "--inside", "here"}, exitUsage, "no network"},
		{[]string{"rules", "backtest", "--all", "--data", t.TempDir()}, exitFailed, "holds no store"},
		{[]string{"hunt"}, exitUsage, "name an indicator"},
		{[]string{"hunt", ""}, exitUsage, "no indicator"},
		{[]string{"hunt", "--feed", filepath.Join(t.TempDir(), "none")}, exitFailed, "no such file"},
		{[]string{"hunt", "x", "--data", t.TempDir()}, exitFailed, "holds no store"},
		{[]string{"hunt", "x", "-o", "xml"}, exitUsage, "neither text nor json"},
	} {
		if _, errs, code := asked(t, s, "", tt.args...); code != tt.code || !strings.Contains(errs, tt.want) {
			t.Errorf("%q: exit %d, want %d with %q\n%s", tt.args, code, tt.code, tt.want, errs)
		}
	}
}
