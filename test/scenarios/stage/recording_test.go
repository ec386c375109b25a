package stage

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPack(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in"), filepath.Join(dir, "out.gz")
	if err := os.WriteFile(from, []byte("one secret\n{\"user\":{\"username\":\"system:serviceaccount:lynceus:lynceus-agent\"}}\ntwo\ntorn"), 0o600); err != nil {
		t.Fatal(err)
	}
	lines, err := pack(from, to, newScrub(machine{}, "", []string{"one secret"}))
	if err != nil || lines != 2 {
		t.Fatalf("%d lines, %v", lines, err)
	}
	if got := readAll(t, to); got != "[removed]\ntwo\n" {
		t.Errorf("%q", got)
	}
	if _, err := pack(filepath.Join(dir, "none"), to, scrub{}); err == nil {
		t.Error("a missing file is no error")
	}
}
