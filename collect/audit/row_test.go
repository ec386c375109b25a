package audit

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// TestRows reads an audit log and what the node sensor saw, in the order of time.
func TestRows(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("audit.log", `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","stage":"ResponseStarted","requestURI":"/api","verb":"create","user":{"username":"ann"},"requestReceivedTimestamp":"2026-01-01T00:00:01.000000Z","stageTimestamp":"2026-01-01T00:00:01.000000Z"}`+"\n")
	uid := strings.Repeat("0f", 16)
	write("events.jsonl", `{"class":"process","metadata.uid":"`+uid+`","time":"2026-01-01T00:00:00Z","metadata.source":"sensor","process.pid":1}
{"class":"process","time":"2026-01-01T00:00:02Z","process.pid":"two"}
{"class":"audit","time":"2026-01-01T00:00:02Z"}
{"class":"cheese"}
{"class":"process","time":"2026-01-01T00:00:03Z","process.pid":3}
`)
	r, err := Open(context.Background(), []string{dir}, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []string
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rec.Event.Class.String())
		if len(got) == 1 && (event.MetadataSource.Get(rec.Event) != "sensor" || rec.UID.String() != uid) {
			t.Errorf("the row became one of %q with identity %s", event.MetadataSource.Get(rec.Event), rec.UID)
		}
	}
	if s := strings.Join(got, " "); s != "process audit process" {
		t.Errorf("read %s", s)
	}
	for _, s := range r.Report() {
		if strings.HasSuffix(s.Name, "events.jsonl") && (s.Events != 2 || s.Ignored != 2 || s.Broken != 1 || s.Problems[0].Line != 2) {
			t.Errorf("%+v", s)
		}
	}
}
