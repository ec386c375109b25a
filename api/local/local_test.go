package local

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestNote(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := Read(dir); !errors.Is(err, ErrNone) {
		t.Errorf("no note: %v", err)
	}
	if err := Write(dir, "http://127.0.0.1:1", "secret", 7); err != nil {
		t.Fatal(err)
	}
	n, token, err := Read(dir)
	if err != nil || n.Address != "http://127.0.0.1:1" || n.PID != 7 || token != "secret" {
		t.Errorf("%+v %q %v", n, token, err)
	}
	for _, name := range []string{FileName, TokenName} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read(dir); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("a broken note: %v", err)
	}
	if err := errors.Join(Remove(dir), Remove(dir)); err != nil {
		t.Errorf("remove: %v", err)
	}
}
