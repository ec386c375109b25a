package audit

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

func realEvents(tb testing.TB) [][]byte {
	tb.Helper()
	f, err := os.Open(filepath.Join(require.Data(tb), "audit-real-k8s-1.36.jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var docs [][]byte
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		docs = append(docs, append([]byte(nil), s.Bytes()...))
	}
	if s.Err() != nil {
		tb.Fatal(s.Err())
	}
	return docs
}

func BenchmarkDecode(b *testing.B) {
	docs := realEvents(b)
	size := 0
	for _, d := range docs {
		size += len(d)
	}
	d, err := NewDecoder(DecoderOptions{})
	if err != nil {
		b.Fatal(err)
	}
	var a Arena
	var e event.Event
	b.SetBytes(int64(size / len(docs)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%128 == 0 {
			a.Reset()
		}
		if _, err := d.Decode(docs[i%len(docs)], &a, &e); err != nil {
			b.Fatal(err)
		}
	}
}
