package ocsf_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/ocsf"
	"github.com/lynceus-io/lynceus/internal/require"
)

// eachRequest decodes the recorded log of a real cluster.
func eachRequest(tb testing.TB, do func(e *event.Event)) {
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
	d, err := audit.NewDecoder(audit.DecoderOptions{Cluster: "c1"})
	if err != nil {
		tb.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var a audit.Arena
		var e event.Event
		if _, err := d.Decode(bytes.Clone(lines.Bytes()), &a, &e); err != nil {
			tb.Fatal(err)
		}
		do(&e)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
}

func TestRealRequestsAreValid(t *testing.T) {
	s, enc, n := published(t), ocsf.NewEncoder("v1.2.3"), 0
	eachRequest(t, func(e *event.Event) {
		n++
		doc := document(t, enc, e)
		if errs := s.Validate(doc); len(errs) > 0 && !t.Failed() {
			t.Errorf("%v\nin %v", errs, doc)
		}
		if doc["activity_id"] == number("0") || doc["time_dt"] == nil || doc["class_uid"] != number("6003") {
			t.Errorf("activity, time or class is missing: %v", doc)
		}
	})
	if n < 1000 {
		t.Errorf("%d events", n)
	}
}

func BenchmarkAppendRealRequests(b *testing.B) {
	var events []*event.Event
	size := 0
	eachRequest(b, func(e *event.Event) {
		events = append(events, e)
		size += len(e.Raw)
	})
	enc := ocsf.NewEncoder("v1.2.3")
	var buf []byte
	b.SetBytes(int64(size / len(events)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		buf = enc.Append(buf[:0], events[i%len(events)])
	}
}
