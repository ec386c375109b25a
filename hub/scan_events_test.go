package hub

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/inventory"
)

// An Event that somebody took away before its time is found in a recorded inventory, once, and in its place in time.
func TestScanRecordedEvents(t *testing.T) {
	dir := t.TempDir()
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	text := `{"metadata":{"creationTimestamp":"2026-01-02T12:00:00Z"},"reason":"Killing","type":"Warning","message":"Stopping container web","firstTimestamp":"2026-01-02T12:00:00Z","lastTimestamp":"2026-01-02T12:00:00Z","involvedObject":{"kind":"Pod","namespace":"shop","name":"web-1"}}`
	var b bytes.Buffer
	enc := inventory.NewEncoder(&b)
	put := func(o inventory.Object) {
		t.Helper()
		o.Cluster, o.ClusterUID, o.Version = "prod", "c-1", "v1"
		if err := enc.Encode(&o); err != nil {
			t.Fatal(err)
		}
	}
	put(inventory.Object{Resource: "nodes", Kind: "Node", Name: "node-1", UID: "n-1", Change: inventory.Present, Time: noon.UnixNano()})
	made := inventory.Object{Resource: "events", Kind: "Event", Namespace: "shop", Name: "web-1.1", UID: "e-1", ResourceVersion: "1", Change: inventory.Added, Time: noon.UnixNano(), Document: []byte(text)}
	put(made)
	gone := made
	gone.Change, gone.Time = inventory.Deleted, noon.Add(10*time.Minute).UnixNano()
	put(gone)
	put(gone) // as an agent says again what may not have arrived
	recording, log := filepath.Join(dir, "inventory.jsonl"), filepath.Join(dir, "audit.log")
	lines := ""
	for _, at := range []string{"2026-01-02T12:05:00Z", "2026-01-02T12:30:00Z"} {
		lines += `{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get","auditID":"` + at + `","stage":"ResponseComplete","requestReceivedTimestamp":"` + at + `","user":{"username":"mira"}}` + "\n"
	}
	for name, text := range map[string]string{recording: b.String(), log: lines} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found := func(since time.Time) (n int) {
		t.Helper()
		r, err := Scan(t.Context(), ScanOptions{Files: []string{log}, Inventory: []string{recording}, Rules: builtinRules(t), Since: since, Stdin: strings.NewReader("")})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.Rule.Title == "Event of the cluster taken away before its time" {
				n++
				if !f.First.Equal(noon.Add(10*time.Minute)) || f.Count != 1 {
					t.Errorf("%+v", f)
				}
			}
		}
		for _, s := range r.Coverage.Sources {
			if s.Dialect == inventoryDialect && s.Events != 3 {
				t.Errorf("%d Events were read", s.Events)
			}
		}
		return n
	}
	if n := found(time.Time{}); n != 1 {
		t.Errorf("found %d times", n)
	}
	if n := found(noon.Add(20 * time.Minute)); n != 0 {
		t.Errorf("found %d times, though it was before", n)
	}
}
