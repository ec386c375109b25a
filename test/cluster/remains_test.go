package cluster

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

func TestSweep(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dead, running, gone := layout.Dir(t.TempDir()), layout.Dir(t.TempDir()), layout.Dir(filepath.Join(t.TempDir(), "gone"))
	for _, d := range []layout.Dir{dead, running, gone} {
		if err := remember(d, "lynceus-no-such-group", process{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []layout.Dir{dead, running} {
		if err := layout.WriteConfig(d, layout.Config{Cgroup: "lynceus-no-such-group"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := writePID(running, thisProcess(t)); err != nil {
		t.Fatal(err)
	}
	sweep(t.Context())
	for _, tt := range []struct {
		name                    string
		dir                     layout.Dir
		wantDir, wantRemembered bool
	}{
		{"a dead cluster", dead, false, false},
		{"a running cluster", running, true, true},
		{"one whose directory is gone", gone, false, false},
	} {
		file, err := startedFile(string(tt.dir))
		if err != nil {
			t.Fatal(err)
		}
		if got := exists(string(tt.dir)); got != tt.wantDir {
			t.Errorf("%s: the directory is there: %v, want %v", tt.name, got, tt.wantDir)
		}
		if got := exists(file); got != tt.wantRemembered {
			t.Errorf("%s: it is remembered: %v, want %v", tt.name, got, tt.wantRemembered)
		}
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
