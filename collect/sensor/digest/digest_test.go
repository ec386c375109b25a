//go:build linux

package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

// versionOf returns a file as the kernel would tell of it.
func versionOf(t *testing.T, path string) File {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	return File{Inode: st.Ino, Change: st.Ctim.Nano(), Size: uint64(st.Size)}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func result(t *testing.T, h *Hasher, j Job) Result {
	t.Helper()
	if !h.Want(j) {
		t.Fatal("not wanted")
	}
	select {
	case r := <-h.Results():
		if r.File != j.File {
			t.Errorf("result of %+v for %+v", r.File, j.File)
		}
		return r
	case <-time.After(2 * time.Minute):
		t.Fatal("no result")
		return Result{}
	}
}

// TestRunning reads the program of a process, also after its name is gone or was given to another file.
func TestRunning(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(sleep)
	if err != nil {
		t.Fatal(err)
	}
	program := write(t, filepath.Join(t.TempDir(), "sleep"), string(text))
	cmd := exec.Command(program, "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	write(t, program, "something else")
	var st unix.Stat_t
	if err := unix.Stat("/proc/"+strconv.Itoa(cmd.Process.Pid)+"/exe", &st); err != nil {
		t.Fatal(err)
	}
	h := New(Options{})
	defer h.Close()
	j := Job{File: File{Inode: st.Ino, Change: st.Ctim.Nano(), Size: uint64(st.Size)}, PIDs: []uint32{1 << 30, uint32(cmd.Process.Pid)}}
	if r := result(t, h, j); r.SHA256 != sum(string(text)) || r.Original != NotCompared {
		t.Errorf("%+v", r)
	}
	j.Change++
	if r := result(t, h, j); r.SHA256 != "" {
		t.Errorf("another version: %+v", r)
	}
	small := New(Options{MaxSize: 100})
	defer small.Close()
	if r := result(t, small, j); r.SHA256 != "" {
		t.Errorf("too long: %+v", r)
	}
}

// TestBeside reads a file in the root of another process. It is a directory here.
func TestBeside(t *testing.T) {
	proc := t.TempDir()
	root := filepath.Join(proc, "7", "root")
	path := write(t, filepath.Join(root, "bin", "tool"), "tool")
	outside := write(t, filepath.Join(proc, "secret"), "secret")
	for link, to := range map[string]string{"bin/abs": "/bin/tool", "bin/out": "../../../secret", "bin/gone": outside} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(filepath.Join(root, "bin", "pipe"), 0o755); err != nil {
		t.Fatal(err)
	}
	h := New(Options{Proc: proc})
	defer h.Close()
	for _, tt := range []struct {
		path string
		of   File
		want string
	}{
		{"/bin/tool", versionOf(t, path), sum("tool")},
		{"/bin/abs", versionOf(t, path), sum("tool")},
		{"/bin/out", versionOf(t, outside), ""},
		{"/bin/gone", versionOf(t, outside), ""},
		{"/bin/pipe", versionOf(t, filepath.Join(root, "bin", "pipe")), ""},
		{"/bin/none", versionOf(t, path), ""},
		{"/bin", versionOf(t, filepath.Join(root, "bin")), ""},
	} {
		if r := result(t, h, Job{File: tt.of, PIDs: []uint32{7}, Beside: []uint32{8, 7}, Path: tt.path}); r.SHA256 != tt.want {
			t.Errorf("%s: %+v", tt.path, r)
		}
	}
}

// TestCompare compares with the lower layers that mountinfo names.
func TestCompare(t *testing.T) {
	proc := t.TempDir()
	root, outside := filepath.Join(proc, "7", "root"), filepath.Join(proc, "9", "root")
	write(t, filepath.Join(proc, "7", "mountinfo"), "1 0 0:1 / / rw - overlay overlay rw,lowerdir=/l/2:/l/1,upperdir=/u,workdir=/w\n")
	for name, text := range map[string]string{"same": "image", "same size": "IMAGE", "changed": "changed", "new": "new"} {
		write(t, filepath.Join(root, name), text)
	}
	write(t, filepath.Join(outside, "l/1/same"), "image")
	write(t, filepath.Join(outside, "l/1/same size"), "image")
	write(t, filepath.Join(outside, "l/2/changed"), "image")
	write(t, filepath.Join(outside, "l/1/changed"), "changed") // hidden by the layer above
	h := New(Options{Proc: proc})
	defer h.Close()
	for name, want := range map[string]Original{"same": Same, "same size": Different, "changed": Different, "new": Missing} {
		r := result(t, h, Job{File: versionOf(t, filepath.Join(root, name)), Beside: []uint32{7}, Path: "/" + name, Outside: 9})
		if r.SHA256 == "" || r.Original != want {
			t.Errorf("%s: %+v, want %v", name, r, want)
		}
	}
}

func TestLayers(t *testing.T) {
	for line, want := range map[string][]string{
		"1 0 0:1 / / rw shared:1 master:2 - overlay overlay rw,lowerdir=/a:/b,upperdir=/u": {"/a", "/b"},
		"1 0 0:1 / /x rw - overlay overlay rw,lowerdir=/a":                                 nil,
		"1 0 0:1 / / rw - ext4 /dev/sda rw,lowerdir=/a":                                    nil,
		"1 0 0:1 / / rw - overlay overlay rw,lowerdir=l/A:l/B":                             nil,
		`1 0 0:1 / / rw - overlay overlay rw,lowerdir=/a\040b`:                             nil,
		"1 0 0:1 / / rw - overlay overlay rw":                                              nil,
		"":                                                                                 nil,
		" - ":                                                                              nil,
	} {
		if got := layers([]byte(line)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func FuzzLayers(f *testing.F) {
	f.Add([]byte("1 0 0:1 / / rw - overlay overlay rw,lowerdir=/a:/b"))
	f.Fuzz(func(t *testing.T, line []byte) {
		for _, d := range layers(line) {
			if !strings.HasPrefix(d, "/") {
				t.Errorf("layer %q", d)
			}
		}
	})
}

func TestRate(t *testing.T) {
	h := New(Options{Rate: 4 << 20})
	defer h.Close()
	began := time.Now()
	if _, err := h.hash(t.Context(), strings.NewReader(strings.Repeat("x", 2<<20)), h.o.Rate); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("2 MiB at 4 MiB/s in %v", took)
	}
}
