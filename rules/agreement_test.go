package rules_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
)

// expectation is an event, and whether others would raise an alert for it.
type expectation struct {
	ID        string          `json:"id"`
	TestName  string          `json:"test_name"`
	Expected  bool            `json:"expected"`
	Platform  string          `json:"platform"`
	Threshold *int            `json:"threshold"`
	Log       json.RawMessage `json:"log"`
}

// enough is how much of the set must agree.
const enough = 0.95

// TestAgreementWithPublicExpectations compares what the built-in rules find
// with a public set of expectations. What differs must be listed, with its
// reason, in docs/agreement.md.
func TestAgreementWithPublicExpectations(t *testing.T) {
	all, listed := builtin(t), listedDisagreements(t)
	total, differing := 0, 0
	for _, row := range expectations(t, filepath.Join(require.Corpora(t), "panther-k8s", "tests.jsonl")) {
		if row.Platform == "other" {
			continue
		}
		total++
		got, names := judge(t, all, row)
		if row.agrees(got) {
			if listed[row.ID] {
				t.Errorf("%s agrees by now, but is listed in docs/agreement.md", row.ID)
			}
			continue
		}
		differing++
		if !listed[row.ID] {
			t.Errorf("%s %q: expected %v, got %q of %v; list it in docs/agreement.md with the reason", row.ID, row.TestName, row.Expected, got, names)
		}
	}
	t.Logf("%d of %d agree", total-differing, total)
	if float64(total-differing) < enough*float64(total) {
		t.Errorf("%d of %d agree, less than %v", total-differing, total, enough)
	}
}

// agrees reports whether a severity is what the row expects: at least medium,
// or low where the attempt was refused or only many of it count; at most low
// where nothing is expected.
func (r *expectation) agrees(got rule.Severity) bool {
	if !r.Expected {
		return got <= rule.Low
	}
	if r.Threshold != nil && *r.Threshold > 1 || r.refused() {
		return got >= rule.Low
	}
	return got >= rule.Medium
}

// refused reports whether the API server refused the request.
func (r *expectation) refused() bool {
	var doc struct {
		ResponseStatus struct{ Code int }
		Properties     struct{ Log string }
		ProtoPayload   struct {
			Status            struct{ Code int }
			AuthorizationInfo []struct{ Granted *bool }
		}
	}
	if json.Unmarshal(r.Log, &doc) != nil {
		return false
	}
	if doc.Properties.Log != "" {
		inner := expectation{Log: json.RawMessage(doc.Properties.Log)}
		return inner.refused()
	}
	for _, a := range doc.ProtoPayload.AuthorizationInfo {
		if a.Granted != nil && !*a.Granted {
			return true
		}
	}
	return doc.ResponseStatus.Code >= 400 || doc.ProtoPayload.Status.Code != 0
}

// judge returns the worst severity found in a row's event, and by which rules.
func judge(t *testing.T, all []*rule.Rule, row expectation) (worst rule.Severity, names []string) {
	t.Helper()
	o := hub.ScanOptions{Files: []string{"-"}, Stdin: bytes.NewReader(row.Log), Rules: all, Workers: 1, Feeds: feeds(t, row)}
	for _, f := range scan(t, o) {
		worst = max(worst, f.Severity)
		names = append(names, fmt.Sprintf("%s (%s)", f.Rule.Name, f.Severity))
	}
	return worst, names
}

// feeds makes a feed of the addresses that a row calls exits of Tor.
func feeds(t *testing.T, row expectation) []*identity.Feed {
	t.Helper()
	var doc struct {
		Enrichment struct {
			Tor []string `json:"tor_exit_nodes"`
		} `json:"p_enrichment"`
	}
	if json.Unmarshal(row.Log, &doc) != nil || len(doc.Enrichment.Tor) == 0 {
		return nil
	}
	var exits []netip.Prefix
	for _, text := range doc.Enrichment.Tor {
		a, err := netip.ParseAddr(text)
		if err != nil {
			t.Fatal(err)
		}
		exits = append(exits, netip.PrefixFrom(a, a.BitLen()))
	}
	return []*identity.Feed{identity.NewFeed("tor", exits)}
}

// expectations reads a file of them, one a line.
func expectations(t *testing.T, name string) []expectation {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []expectation
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var row expectation
			if err := json.Unmarshal(line, &row); err != nil {
				t.Fatal(err)
			}
			out = append(out, row)
		}
		if err != nil {
			return out
		}
	}
}

// disagreement is a row of the table in docs/agreement.md.
var disagreement = regexp.MustCompile("^\\| `([^`]+)` \\|")

func listedDisagreements(t *testing.T) map[string]bool {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), "docs", "agreement.md"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, line := range strings.Split(string(page), "\n") {
		if m := disagreement.FindStringSubmatch(line); m != nil {
			out[m[1]] = true
		}
	}
	return out
}
