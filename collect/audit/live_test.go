package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

var testRedactor = redact.New([]byte("key of the tests"))

func newTestLive(tb testing.TB, max int) *Live {
	tb.Helper()
	l, err := NewLive(LiveOptions{Redactor: testRedactor, MaxDocument: max})
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// taken is what a Live handed out.
type taken struct {
	ids     []string // audit IDs
	uids    []event.UID
	rejects []string
	ends    []int64
	account coverage.Source
	batches int
}

func (t *taken) take(b *Batch) error {
	for i := range b.Len() {
		t.ids = append(t.ids, event.APIRequestUID.Get(b.Event(i)))
		t.uids = append(t.uids, b.UID(i))
	}
	for _, r := range b.Rejects() {
		t.rejects = append(t.rejects, fmt.Sprintf("%d:%d %s", r.Line, r.Offset, r.Reason))
	}
	t.ends = append(t.ends, b.End())
	b.Cover(&t.account)
	t.batches++
	return nil
}

func auditDoc(id string) string {
	return `{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"get","auditID":"` + id + `","requestReceivedTimestamp":"2026-01-02T03:04:05Z"}`
}

func TestLiveLines(t *testing.T) {
	a, b := auditDoc("a"), auditDoc("b")
	for name, test := range map[string]struct {
		text            string
		ids             []string
		ignored, broken int64
		rejects         []string // how they begin
	}{
		"nothing":       {"", nil, 0, 0, nil},
		"blank":         {"\n \n\r\n", nil, 0, 0, nil},
		"two":           {a + "\n" + b + "\n", []string{"a", "b"}, 0, 0, nil},
		"no last end":   {a + "\r\n" + b, []string{"a", "b"}, 0, 0, nil},
		"on one line":   {a + b + "\n", []string{"a", "b"}, 0, 0, nil},
		"a list":        {"[" + a + "," + b + "]\n" + a + "\n", []string{"a", "b", "a"}, 0, 0, nil},
		"an EventList":  {`{"kind":"EventList","items":[` + a + "," + b + "]}\n", []string{"a", "b"}, 0, 0, nil},
		"broken":        {a + "\n{\"auditID\":\n" + b + "\n", []string{"a", "b"}, 0, 1, []string{"2:"}},
		"broken list":   {"[" + a + ",{\"x\" 1}," + b + "]\n", []string{"a", "b"}, 0, 1, []string{"1:"}},
		"other JSON":    {a + "\n{\"level\":\"info\"}\n" + b + "\n", []string{"a", "b"}, 1, 0, []string{"2:"}},
		"other text":    {"started\n" + b + "\n", []string{"b"}, 0, 1, []string{"1:0"}},
		"with times":    {"2026-01-02T03:04:05.678Z " + a + "\n", []string{"a"}, 0, 0, nil},
		"larger by far": {strings.Repeat("x", 5000) + "\n" + b + "\n", []string{"b"}, 0, 1, []string{"1:0 the document is larger"}},
	} {
		var got taken
		if err := newTestLive(t, 4096).Lines(Origin{Source: "s"}, []byte(test.text), 1, 0, got.take); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !slices.Equal(got.ids, test.ids) || got.account.Ignored != test.ignored || got.account.Broken != test.broken {
			t.Errorf("%s: %q, %+v", name, got.ids, got.account)
		}
		if len(got.rejects) != len(test.rejects) {
			t.Errorf("%s: rejects %q", name, got.rejects)
			continue
		}
		for i, want := range test.rejects {
			if !strings.HasPrefix(got.rejects[i], want) {
				t.Errorf("%s: reject %q, want %q", name, got.rejects[i], want)
			}
		}
	}
}

func TestLiveStream(t *testing.T) {
	a, b := auditDoc("a"), auditDoc("b")
	for name, test := range map[string]struct {
		text   string
		ids    []string
		broken int64
		lists  int64
	}{
		"EventList":      {`{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[` + a + "," + b + "]}\n", []string{"a", "b"}, 0, 1},
		"laid out":       {"{\n  \"items\": [\n    " + a + "\n  ]\n}\n", []string{"a"}, 0, 1},
		"lines":          {a + "\n" + b, []string{"a", "b"}, 0, 0},
		"broken element": {`{"items":[` + a + `,{"auditID":nope},` + b + "]}", []string{"a", "b"}, 1, 1},
		"cut off":        {`{"items":[` + a + "," + b, []string{"a", "b"}, 1, 1},
		"text":           {"<html>", nil, 1, 0},
		"empty list":     {`{"items":[]}`, nil, 0, 1},
	} {
		var got taken
		listing, err := newTestLive(t, 0).Stream(Origin{Source: "s"}, strings.NewReader(test.text), got.take)
		if err != nil || !slices.Equal(got.ids, test.ids) || got.account.Broken != test.broken || listing.Lists != test.lists {
			t.Errorf("%s: %q, %+v, %+v, %v", name, got.ids, got.account, listing, err)
		}
	}
}

// TestLiveIsLikeReader: the same log gives the same identities either way.
func TestLiveIsLikeReader(t *testing.T) {
	docs := realEvents(t)
	text := bytes.Join(docs, []byte{'\n'})
	var want []event.UID
	r, err := Open(context.Background(), []string{filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz")}, Options{Key: []byte("another key")})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, rec.UID)
	}
	var lines, stream taken
	l := newTestLive(t, 0)
	if err := l.Lines(Origin{}, text, 1, 0, lines.take); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Stream(Origin{}, bytes.NewReader(text), stream.take); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(lines.uids, want) || !slices.Equal(stream.uids, want) {
		t.Errorf("%d by lines, %d by stream, %d by Reader", len(lines.uids), len(stream.uids), len(want))
	}
	if lines.batches < len(docs)/(2*batchDocs) || lines.ends[len(lines.ends)-1] != int64(len(text)) {
		t.Errorf("%d batches, the last up to %d of %d", lines.batches, lines.ends[len(lines.ends)-1], len(text))
	}
	if lines.account.Events != int64(len(docs)) || lines.account.Dialect != kubernetes || lines.account.Span.First.IsZero() {
		t.Errorf("account %+v", lines.account)
	}
}

// TestLiveStops: after an error nothing more is handed out, and End says from
// where to go on.
func TestLiveStops(t *testing.T) {
	var text []byte
	for i := range 3 * batchDocs {
		text = append(append(text, auditDoc(fmt.Sprint(i))...), '\n')
	}
	l, full := newTestLive(t, 0), errors.New("full")
	var got taken
	err := l.Lines(Origin{}, text, 1, 1000, func(b *Batch) error {
		if got.batches == 1 {
			return full
		}
		return got.take(b)
	})
	if !errors.Is(err, full) || got.batches != 1 {
		t.Fatalf("%d batches, %v", got.batches, err)
	}
	if err := l.Lines(Origin{}, text[got.ends[0]-1000:], 1, got.ends[0], got.take); err != nil {
		t.Fatal(err)
	}
	if len(got.ids) != 3*batchDocs || got.ids[len(got.ids)-1] != fmt.Sprint(3*batchDocs-1) {
		t.Errorf("%d events", len(got.ids))
	}
}

// TestLiveIsBounded: a document with very many events in it is handed out in
// parts.
func TestLiveIsBounded(t *testing.T) {
	const n = 50_000
	text := `{"kind":"EventList","items":[` + strings.TrimSuffix(strings.Repeat(`{"auditID":"a"},`, n), ",") + "]}\n"
	l := newTestLive(t, 0)
	events, most := 0, 0
	err := l.Lines(Origin{}, []byte(text), 1, 0, func(b *Batch) error {
		events, most = events+b.Len(), max(most, b.Len())
		return nil
	})
	if err != nil || events != n || most > 4*batchDocs {
		t.Errorf("%d events, at most %d at a time, %v", events, most, err)
	}
}

// TestLiveKeepsNoSecrets: neither events nor rejects have a secret.
func TestLiveKeepsNoSecrets(t *testing.T) {
	const canary = "Y2FuYXJ5LXNlY3JldA=="
	good := `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","verb":"create","objectRef":{"resource":"secrets"},"requestObject":{"kind":"Secret","data":{"k":"` + canary + `"}}}`
	for _, text := range []string{good, good[:len(good)-1], good[:len(good)-4], `{"data":{"k":"` + canary + `"}}`, canary, good[100:]} {
		err := newTestLive(t, 0).Lines(Origin{}, []byte(text), 1, 0, func(b *Batch) error {
			for i := range b.Len() {
				if bytes.Contains(b.Event(i).Raw, []byte(canary)) {
					t.Errorf("%s: event %s", text, b.Event(i).Raw)
				}
			}
			for _, r := range b.Rejects() {
				if bytes.Contains(r.Text, []byte(canary)) || strings.Contains(r.Reason, canary) {
					t.Errorf("%s: reject %s", text, r.Text)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func FuzzLive(f *testing.F) {
	f.Add([]byte(auditDoc("a") + "\n[" + auditDoc("b") + "]\n{\"x\":\n"))
	f.Add([]byte(`{"items":[{},[],1,{"auditID":"x"}]}`))
	l := newTestLive(f, 1<<16)
	f.Fuzz(func(t *testing.T, text []byte) {
		var lines, stream taken
		if err := l.Lines(Origin{Source: "s"}, text, 1, 0, lines.take); err != nil {
			t.Fatal(err)
		}
		if n := len(lines.ends); n > 0 && lines.ends[n-1] > int64(len(text)) {
			t.Fatalf("ends at %d of %d", lines.ends[n-1], len(text))
		}
		listing, err := l.Stream(Origin{Source: "s"}, bytes.NewReader(text), stream.take)
		if err == nil && listing.Bytes != int64(len(text)) {
			t.Fatalf("%d bytes of %d", listing.Bytes, len(text))
		}
	})
}

func BenchmarkLive(b *testing.B) {
	text := bytes.Join(realEvents(b), []byte{'\n'})
	l := newTestLive(b, 0)
	events := 0
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		l.Lines(Origin{}, text, 1, 0, func(batch *Batch) error { events += batch.Len(); return nil })
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
