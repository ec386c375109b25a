package cluster

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

func TestAlive(t *testing.T) {
	d := layout.Dir(t.TempDir())
	if alive(d) {
		t.Error("a directory without a process id is alive")
	}
	if err := writePID(d, thisProcess(t)); err != nil {
		t.Fatal(err)
	}
	if !alive(d) {
		t.Error("this process is not alive")
	}
	// The number of a process that has ended, given to another.
	if err := os.WriteFile(d.PID(), []byte("1 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if alive(d) {
		t.Error("another process with the same number is taken for the cluster's")
	}
}

// thisProcess is the test's own.
func thisProcess(t *testing.T) process {
	t.Helper()
	_, start, err := processStat(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return process{pid: os.Getpid(), start: start}
}

func TestDownRefusesStrangers(t *testing.T) {
	dir := t.TempDir()
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Down(t.Context(), dir); err == nil {
		t.Error("a directory that is no cluster's was accepted")
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}
