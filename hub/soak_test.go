package hub_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/internal/bench"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

const (
	soakBytes  = 10_000_000_000
	soakMemory = 200 << 20
)

// TestSoakMemory scans 10 GB of events, all of different requests, and holds
// the whole process to 200 MB.
func TestSoakMemory(t *testing.T) {
	require.Soak(t)
	packed, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), "docs", "demo", "demo.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	log, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	replay, err := bench.NewReplay(log, soakBytes)
	if err != nil {
		t.Fatal(err)
	}
	loaded := sigma.Load(sigma.Options{}, sigma.Tree{FS: rules.FS, Root: ".", Name: "builtin"})
	r, err := hub.Scan(context.Background(), hub.ScanOptions{Files: []string{"-"}, Stdin: replay, Rules: loaded.Rules})
	if err != nil {
		t.Fatal(err)
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	peak := u.Maxrss * 1024 // Linux counts kilobytes
	total := r.Coverage.Total()
	t.Logf("%d events, %d MB of JSON, %d findings, %v; peak memory %d MB; evicted %v", total.Events, total.Text/1e6, len(r.Findings), r.Coverage.Elapsed, peak>>20, r.Coverage.Evicted)
	if total.Events != replay.Events() {
		t.Errorf("%d events of %d", total.Events, replay.Events())
	}
	if peak > soakMemory {
		t.Errorf("peak memory is %d MB, more than %d", peak>>20, soakMemory>>20)
	}
}
