package stage

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPack(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in"), filepath.Join(dir, "out.gz")
	if err := os.WriteFile(from, []byte("one secret\ntwo\ntorn"), 0o600); err != nil {
		t.Fatal(err)
	}
	lines, err := pack(from, to, strings.NewReplacer("secret", "-"))
	if err != nil || lines != 2 {
		t.Fatalf("%d lines, %v", lines, err)
	}
	f, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(zip); err != nil || string(got) != "one -\ntwo\n" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := pack(filepath.Join(dir, "none"), to, strings.NewReplacer()); err == nil {
		t.Error("a missing file is no error")
	}
}
