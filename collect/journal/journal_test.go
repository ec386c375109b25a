package journal

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
)

type noSink struct{}

func (noSink) Take(context.Context, *audit.Batch) error { return nil }

type lockedBuffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

// What cannot be read is told with what to do, in the log once, and as the source's trouble as long as it lasts.
func TestWhatToDo(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "nofile"): "there is no " + dir + "/nofile: name a directory of the journal's files, as /var/log/journal, or make a pipe with mkfifo " + dir + "/nofile, and have journalctl",
		file:                         "is no file of the journal and no named pipe: name a directory of the journal's files, or make a pipe with mkfifo and have journalctl",
	} {
		synctest.Test(t, func(t *testing.T) {
			set, err := foreign.NewSet(Format)
			if err != nil {
				t.Fatal(err)
			}
			var log lockedBuffer
			ledger := &intake.Ledger{}
			r, err := New(Options{Path: path, Feed: intake.Feed{
				Sink: noSink{}, Ledger: ledger, Live: audit.LiveOptions{Redactor: redact.New([]byte("key")), Formats: set}, Log: slog.New(slog.NewTextHandler(&log, nil)),
			}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			done := make(chan error)
			go func() { done <- r.Run(ctx) }()
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			if a := ledger.Accounts(); len(a) != 1 || !strings.Contains(a[0].Trouble, want) {
				t.Errorf("%s: %+v", path, a)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
			if n := strings.Count(log.String(), "level=WARN"); n != 1 || !strings.Contains(log.String(), "mkfifo") {
				t.Errorf("%s: %d warnings:\n%s", path, n, log.String())
			}
		})
	}
}
