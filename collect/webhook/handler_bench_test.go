package webhook

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/internal/require"
)

// nowhere is a Sink that keeps nothing.
type nowhere struct{}

func (nowhere) Take(context.Context, *audit.Batch) error { return nil }

// BenchmarkHandler takes lists of 400 recorded events, as an API server sends
// them, on one core.
func BenchmarkHandler(b *testing.B) {
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
	docs := bytes.SplitN(text, []byte{'\n'}, 401)[:400]
	body := append(append([]byte(`{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[`), bytes.Join(docs, []byte{','})...), "]}"...)
	h, err := New(Options{
		Sink: nowhere{}, Ledger: &intake.Ledger{}, Clients: []Client{{Name: "a", TokenHash: HashToken("t")}},
		Live: audit.LiveOptions{Redactor: redact.New([]byte("key"))},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := http.NewRequest(http.MethodPost, "http://x", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer t")
		if a := h.take(context.Background(), r, otherWay); a.Events != 400 {
			b.Fatalf("%+v", a)
		}
	}
	b.ReportMetric(400*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
