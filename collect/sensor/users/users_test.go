//go:build linux

package users

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want map[uint32]string
	}{
		{"root:x:0:0:root:/root:/bin/sh\nbin:x:1:1::/:\n", map[uint32]string{0: "root", 1: "bin"}},
		{"a:x:5:\nb:x:5:5:\n", map[uint32]string{5: "a"}},
		{"\n:x:1:\nx\nx:y\nx:y:z:\n#a:x:1:1\nx:y:-1:\nx:y:99999999999:\nn:x:7", map[uint32]string{}},
		{strings.Repeat("n", maxName+1) + ":x:3:", map[uint32]string{}},
	}
	for _, tt := range tests {
		if got := parse([]byte(tt.text)); !maps.Equal(got, tt.want) {
			t.Errorf("%q: %v, want %v", tt.text, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("root:x:0:0:root:/root:/bin/sh\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if got := parse(text); len(got) > maxUsers {
			t.Error(len(got))
		}
	})
}

// fakeProc makes a procfs in which process 1 and some others have roots.
func fakeProc(t *testing.T, pids ...string) (proc string, root func(pid string) string) {
	proc = t.TempDir()
	root = func(pid string) string { return filepath.Join(proc, pid, "root", "etc") }
	for _, pid := range pids {
		if err := os.MkdirAll(root(pid), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return proc, root
}

func TestNames(t *testing.T) {
	proc, root := fakeProc(t, "1", "7", "8", "9")
	write := func(pid, text string) {
		if err := os.WriteFile(filepath.Join(root(pid), "passwd"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("1", "host:x:0:0\n")
	write("7", "app:x:0:0\n")
	secret := filepath.Join(proc, "secret")
	if err := os.WriteFile(secret, []byte("stolen:x:0:0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(root("8"), "passwd")); err != nil { // a link to a file of the node
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(root("9"), "passwd"), 0o644); err != nil { // nobody ever writes
		t.Fatal(err)
	}
	now := time.Unix(1e9, 0)
	n := New(proc, func() time.Time { return now })
	for _, tt := range []struct {
		where    string
		pid, uid uint32
		want     string
	}{
		{"", 99, 0, "host"}, {"c7", 7, 0, "app"}, {"c7", 99, 0, "app"}, {"c7", 7, 1, ""}, {"c8", 8, 0, ""}, {"c9", 9, 0, ""}, {"c10", 10, 0, ""},
	} {
		if got := n.Name(tt.where, tt.pid, tt.uid); got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
	// What has changed is seen after a while, and what cannot be read any more is still known.
	write("7", "web:x:0:0\n")
	if got := n.Name("c7", 7, 0); got != "app" {
		t.Errorf("at once: %q", got)
	}
	now = now.Add(fresh)
	for range 1000 {
		if n.Name("c7", 7, 0) == "web" {
			break
		}
		time.Sleep(time.Millisecond)
	}
	now = now.Add(fresh)
	n.Name("c7", 99, 0)
	time.Sleep(10 * time.Millisecond)
	if got := n.Name("c7", 99, 0); got != "web" {
		t.Errorf("after a while: %q", got)
	}
}
