package tail

import (
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/internal/require"
)

// counting is a Sink that only counts.
type counting struct{ events atomic.Int64 }

func (c *counting) Take(_ context.Context, b *audit.Batch) error {
	c.events.Add(int64(b.Len()))
	return nil
}

// BenchmarkTail reads a recorded log, twenty times over, from a file.
func BenchmarkTail(b *testing.B) {
	packed, err := os.Open(filepath.Join(require.Data(b), "audit-real-k8s-1.36.jsonl.gz"))
	if err != nil {
		b.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "audit.log")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	const times = 20
	for range times {
		f.Write(text)
	}
	f.Close()
	b.SetBytes(times * int64(len(text)))
	events := int64(0)
	for b.Loop() {
		sink, m := &counting{}, newMemory()
		t, err := New(Options{Paths: []string{path}, Sink: sink, Ledger: &intake.Ledger{}, Checkpoints: m, Live: audit.LiveOptions{Redactor: redact.New([]byte("key"))}})
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- t.Run(ctx) }()
		for s := t.Status(); s.Files == 0 || s.Unread > 0; s = t.Status() {
			time.Sleep(time.Millisecond)
		}
		cancel()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
		events += sink.events.Load()
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
