package audit

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

func TestReaderReadsARealLog(t *testing.T) {
	r, err := Open(context.Background(), []string{filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	uids := map[string]bool{}
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
		uids[rec.UID.String()] = true
	}
	if n != 2948 || len(uids) != 2241 {
		t.Errorf("read %d events of %d requests, want 2948 of 2241", n, len(uids))
	}
	t.Logf("%+v", r.Report())
}
