package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// TestSoakAuditTrial holds a cluster's audit log up on its way while its agent lives: it is told within a minute or so, and
// is over when the log goes on.
func TestSoakAuditTrial(t *testing.T) {
	clustertest.Soak(t)
	t.Parallel()
	c := clustertest.Start(t, cluster.Config{AuditPolicy: []byte(fullPolicy)})
	file := filepath.Join(t.TempDir(), "audit.log")
	held := carry(t, c.AuditLog(), file)
	r := newReceiver(t, []string{"other"}, "--follow", file, "--kubeconfig", c.Kubeconfig(), "--cluster", "prod")
	late := func() (bool, error) {
		var status struct {
			Conditions []struct{ Code, About, Text string }
		}
		if err := r.get("/api/v1/status", &status); err != nil {
			return false, err
		}
		for _, x := range status.Conditions {
			if x.Code == "trial-late" && x.About == "audit of cluster prod" {
				return true, nil
			}
		}
		return false, nil
	}
	eventually(t, slow, "a trial comes by the audit log", func() error {
		rows, err := r.rows(`health | where coverage.kind == "canary" and coverage.source == "audit" and status == "Success"`)
		if err == nil && len(rows) == 0 {
			err = errors.New("no canary")
		}
		return err
	})
	if is, err := late(); is || err != nil {
		t.Fatalf("told as late though it came: %v", err)
	}
	held.Store(true)
	began := time.Now()
	is := func(want bool) func() error {
		return func() error {
			got, err := late()
			if err == nil && got != want {
				err = fmt.Errorf("late: %v", got)
			}
			return err
		}
	}
	eventually(t, slow, "that trials do not come any more is told", is(true))
	t.Logf("told after %v", time.Since(began).Round(time.Second))
	held.Store(false)
	eventually(t, slow, "it is over when they come", is(false))
}

// carry copies whole lines of a log that grows into another file, until the test ends, unless it is held.
func carry(t *testing.T, from, to string) *atomic.Bool {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	held, done, end := &atomic.Bool{}, make(chan struct{}), make(chan struct{})
	t.Cleanup(func() {
		close(end)
		<-done
		_ = in.Close()
		_ = out.Close()
	})
	go func() {
		defer close(done)
		var rest []byte
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
			}
			if held.Load() {
				continue
			}
			more, err := io.ReadAll(in)
			rest = append(rest, more...)
			n := bytes.LastIndexByte(rest, '\n') + 1
			if _, failed := out.Write(rest[:n]); err != nil || failed != nil {
				t.Error(err, failed)
				return
			}
			rest = append([]byte(nil), rest[n:]...)
		}
	}()
	return held
}
