//go:build cgo

package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/test/clickhouse/chtest"
)

// both takes what a server and a test write and read at once.
type both struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *both) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *both) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestClickHouse runs up with a database of ClickHouse, and puts the same questions to the store, to the server and to the database.
func TestClickHouse(t *testing.T) {
	base, database := chtest.Database(t)
	dir, urlFile := t.TempDir(), filepath.Join(t.TempDir(), "url")
	address := strings.Replace(base, "http://", "http://default:geheim@", 1) + "/" + database + "\n"
	if err := os.WriteFile(urlFile, []byte(address), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOUSE", address)
	t.Setenv(dataEnv, dir)
	ctx, stop := context.WithCancel(t.Context())
	var said both
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, []string{"up", "-v", "--listen", "127.0.0.1:0", "--follow", filepath.Join(require.ModuleRoot(t), "docs", "demo", "demo.jsonl.gz"),
			"--clickhouse", "file:" + urlFile, "--clickhouse-reader", "env:HOUSE", "--clickhouse-answers", "--clickhouse-retention", "30d"}, nil, io.Discard, &said)
	}()
	query := func(args ...string) string {
		var out, errs bytes.Buffer
		args = append([]string{"query", "-q", "-o", "csv", "audit | summarize n = count(), users = dcount(actor.user.name), last = max(time)"}, args...)
		if code := Run(t.Context(), args, nil, &out, &errs); code != 0 {
			return "exit " + errs.String()
		}
		return out.String()
	}
	var server, cluster string
	for range 600 {
		server, cluster = query(), query("--clickhouse", "env:HOUSE")
		if strings.Contains(server, "\n624,") && server == cluster {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if server != cluster || !strings.Contains(server, "n,users,last\r\n") {
		t.Errorf("the server answers %q, the database %q", server, cluster)
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("up ended with %d\n%s", code, said.String())
	}
	if here := query(); here != cluster {
		t.Errorf("the store answers %q, the database %q", here, cluster)
	}
	if log := said.String(); !strings.Contains(log, "ships to ClickHouse at 127.0.0.1:") || strings.Contains(log, "geheim") {
		t.Errorf("up said\n%s", log)
	}
}
