package output

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/bus/peer"
)

func TestWriteNodes(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) *time.Time { at := now.Add(-d); return &at }
	ahead := -0.25
	list := []api.Node{
		{Kind: peer.Agent, Cluster: "prod", Connected: true, Since: now.Add(-time.Hour), Version: "v1"},
		{Kind: peer.Sensor, Cluster: "prod", Node: "w1", Connected: true, Since: now.Add(-time.Minute), Policy: "p1", WantedPolicy: "p1", Rules: "r1", Ahead: &ahead},
		{Kind: peer.Sensor, Cluster: "prod", Node: "w2", LastSeen: ago(time.Second), Policy: "p0", WantedPolicy: "p1", BehindSince: ago(59 * time.Second)},
		{Kind: peer.Sensor, Cluster: "prod", Node: "w3\x1b[2J", Rules: "", WantedRules: "r1", BehindSince: ago(time.Minute), Behind: "it says no", Status: "the disk is full"},
	}
	for _, color := range []bool{false, true} {
		var b bytes.Buffer
		if err := WriteNodes(&b, list, now, TextOptions{Color: color}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		for i, want := range []string{"POLICY", "connected for 1h0m0s", " r1 ", "p0 (to be p1)", "none (to be r1)"} {
			if i >= len(lines) || !strings.Contains(lines[i], want) {
				t.Errorf("line %d of %q has no %q", i, lines, want)
			}
		}
		if red := strings.HasPrefix(lines[4], sgrRed); red != color || strings.Contains(strings.Join(lines[:4], ""), "\x1b") || strings.Contains(lines[4], "\x1b[2J") {
			t.Errorf("%q", lines)
		}
		if !strings.Contains(lines[4], "it says no; the disk is full") || !strings.Contains(lines[2], "-250ms") {
			t.Errorf("%q", lines)
		}
	}
}
