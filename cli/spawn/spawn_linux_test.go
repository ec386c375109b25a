package spawn

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

func TestParseIdentity(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"65534", "65534:65534"}, {"1000:2000", "1000:2000"}, {"nobody:100", "65534:100"},
		{"0", ""}, {"root", ""}, {"1000:0", ""}, {"1000:root", ""}, {"", ""}, {":", ""}, {"1:", ""}, {"-1", ""}, {"4294967295", ""}, {"99999999999", ""},
		{"no such user", ""}, {"1000:no such group", ""}, {"1 2", ""},
	} {
		id, err := ParseIdentity(tt.text)
		got := ""
		if err == nil {
			got = id.String()
		}
		if got != tt.want {
			t.Errorf("ParseIdentity(%q) = %v, %v, want %q", tt.text, got, err, tt.want)
		}
	}
}

func FuzzParseIdentity(f *testing.F) {
	f.Add("nobody:1")
	f.Fuzz(func(t *testing.T, text string) {
		if id, err := ParseIdentity(text); err == nil && (id.UID <= 0 || id.GID <= 0 || slices.Contains(id.Groups, 0)) {
			t.Errorf("%q gives %v", text, id)
		}
	})
}

// someone is who the tests give files to.
var someone = Identity{UID: 54321, GID: 54322}

// openDir returns a directory that everybody may enter.
func openDir(t *testing.T) string {
	t.Helper()
	require.Need(t, "bpf", os.Geteuid() == 0, "root, which alone can become another user")
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func write(t *testing.T, name string, mode fs.FileMode) string {
	t.Helper()
	if err := os.WriteFile(name, []byte("x"), mode); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestOwn(t *testing.T) {
	base := openDir(t)
	outside := write(t, filepath.Join(base, "outside"), 0o600)
	dir := filepath.Join(base, "data")
	if err := os.MkdirAll(filepath.Join(dir, "a/b"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "a/b/file"), 0o600)
	if err := os.Symlink("../outside", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := Own(someone, dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{".", "a", "a/b", "a/b/file", "link"} {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if st := info.Sys().(*syscall.Stat_t); int(st.Uid) != someone.UID || int(st.Gid) != someone.GID {
			t.Errorf("%s belongs to %d:%d", name, st.Uid, st.Gid)
		}
	}
	if got := Owner(outside); got.UID != 0 {
		t.Errorf("a file outside was given to %v", got)
	}
	if Owner(dir).UID != someone.UID || Owner(dir+"/nothing").UID != 0 {
		t.Error("owners are wrong")
	}
}

func TestOwnRefuses(t *testing.T) {
	base := openDir(t)
	for name, spoil := range map[string]func(dir string) error{
		"belongs to user 777": func(dir string) error { return os.Chown(write(t, dir+"/theirs", 0o600), 777, 777) },
		"has 2 names":         func(dir string) error { return os.Link(write(t, base+"/elsewhere", 0o600), dir+"/linked") },
	} {
		dir := filepath.Join(base, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if err := Own(someone, dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Own(someone, write(t, base+"/file", 0o600)); err == nil {
		t.Error("a file was taken for a directory")
	}
}

func TestReachable(t *testing.T) {
	dir := openDir(t)
	open, closed := write(t, dir+"/open", 0o644), write(t, dir+"/closed", 0o600)
	private := filepath.Join(dir, "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Reachable(someone, dir, []string{open, dir + "/nothing"}); err != nil {
		t.Error(err)
	}
	err := Reachable(someone, private, []string{open, closed})
	if err == nil || !strings.Contains(err.Error(), "private") || !strings.Contains(err.Error(), "closed") || strings.Contains(err.Error(), "open:") {
		t.Error(err)
	}
	if Writable(someone, dir) == nil {
		t.Error("a directory of root is writable")
	}
	if err := os.Chown(dir, someone.UID, someone.GID); err != nil {
		t.Fatal(err)
	}
	if err := Writable(someone, dir); err != nil {
		t.Error(err)
	}
	if os.Geteuid() != 0 {
		t.Error("the test itself has become somebody else")
	}
	if left, _ := filepath.Glob(dir + "/.writable*"); len(left) > 0 {
		t.Error(left)
	}
}

func TestChild(t *testing.T) {
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	script := fmt.Sprintf("echo hello >&%d; echo oops >&2; cat; exit 7", FirstFile)
	c, err := Start(Options{Path: "/bin/sh", Args: []string{"-c", script}, Stderr: stderr, Files: []*os.File{w}, Session: true})
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	how, err := c.Wait()
	if err != nil || how != "exit status 7" {
		t.Errorf("%s, %v", how, err)
	}
	got := make([]byte, 10)
	n, _ := r.Read(got)
	said, _ := os.ReadFile(stderr.Name())
	if string(got[:n]) != "hello\n" || string(said) != "oops\n" {
		t.Errorf("%q, %q", got[:n], said)
	}
	c, err = Start(Options{Path: "/bin/sleep", Args: []string{"60"}})
	if err != nil {
		t.Fatal(err)
	}
	c.End()
	if how, err := c.Wait(); err != nil || how != "signal: terminated" {
		t.Errorf("%s, %v", how, err)
	}
	c.Kill() // of nobody
	if _, err := Start(Options{Path: "/no/such/program"}); err == nil {
		t.Error("nothing was started")
	}
}
