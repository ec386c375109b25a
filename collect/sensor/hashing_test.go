//go:build linux

package sensor

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/digest"
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

func TestHashAmends(t *testing.T) {
	var got []string
	h := newHashing(digest.New(digest.Options{Proc: t.TempDir()}), func(*process.Process) string { return "" }, func(e *event.Event) error {
		n, _ := event.MetadataRevision.Get(e)
		got = append(got, fmt.Sprintf("%s %d %s %s", event.MetadataUID.Get(e), n, event.K8sPod.Get(e), event.ProcessFileHashSHA256.Get(e)))
		return nil
	})
	defer h.hasher.Close()
	p := &process.Process{Known: true, Exe: "/bin/x", File: record.ExeFile{Inode: 7, Changed: 1}}
	row := func(uid string) *event.Event {
		var e event.Event
		e.Reset(event.ClassProcess)
		event.MetadataUID.Set(&e, uid)
		h.look(&e, p, true, false)
		return &e
	}
	check := func(what string, err error, want ...string) {
		t.Helper()
		if err != nil || strings.Join(got, "; ") != strings.Join(want, "; ") {
			t.Errorf("%s: %v\ngot  %q\nwant %q", what, err, got, want)
		}
		got = nil
	}
	first, late, held := row("first"), row("late"), row("held")
	check("a row goes out at once", h.send(first), "first 0  ")
	check("one that will come again is not kept", h.sendFirst(late), "late 0  ")
	<-h.hasher.Results() // the file is not there
	check("the hash comes", h.learn(digest.Result{File: fileOf(p), SHA256: "aa"}), "first 1  aa")
	event.MetadataRevision.Set(late, 1)
	event.K8sPod.Set(late, "pod")
	check("what comes again has it", h.send(late), "late 1 pod aa")
	check("what was held has it", h.send(held), "held 0  aa")
	again := row("again")
	check("later rows have it", h.send(again), "again 0  aa")
	if len(h.under) != 0 || h.bytes != 0 {
		t.Errorf("%d rows on their way, %d bytes", len(h.under), h.bytes)
	}
	p.File.Changed = 2
	other := row("other")
	check("another version is asked for", h.send(other), "other 0  ")
	check("what cannot be read stays without", h.learn(digest.Result{File: fileOf(p)}))
	if h.bytes != 0 {
		t.Errorf("%d bytes kept", h.bytes)
	}
}

func TestHashingIsBounded(t *testing.T) {
	h := newHashing(digest.New(digest.Options{Proc: t.TempDir()}), func(*process.Process) string { return "" }, func(*event.Event) error { return nil })
	defer h.hasher.Close()
	for i := range maxUnder + maxVersions {
		p := &process.Process{File: record.ExeFile{Inode: uint64(i + 1)}}
		var e event.Event
		e.Reset(event.ClassProcess)
		event.MetadataUID.Set(&e, fmt.Sprint(i))
		h.look(&e, p, true, false)
		if i%2 == 0 {
			if err := h.send(&e); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(h.known) > maxVersions || len(h.under) > maxUnder || h.bytes > maxUnhashed || h.bytes < 0 {
		t.Errorf("%d versions, %d rows on their way, %d bytes", len(h.known), len(h.under), h.bytes)
	}
}

func TestOrigin(t *testing.T) {
	id := strings.Repeat("a", 64)
	tests := []struct {
		name   string
		exe    string
		cgroup uint64
		file   record.ExeFile
		want   string
	}{
		{"of the node", "/bin/x", 1, record.ExeFile{Magic: unix.EXT4_SUPER_MAGIC, Where: record.OnRoot}, originHost},
		{"memfd of the node", "memfd:x", 1, record.ExeFile{Magic: unix.TMPFS_MAGIC}, originMemory},
		{"memfd", "memfd:x", 7, record.ExeFile{Magic: unix.TMPFS_MAGIC}, originMemory},
		{"image", "/bin/x", 7, record.ExeFile{Magic: unix.OVERLAYFS_SUPER_MAGIC, Where: record.OnRoot}, originImage},
		{"written", "/bin/x", 7, record.ExeFile{Magic: unix.OVERLAYFS_SUPER_MAGIC, Where: record.OnRoot | record.UpperLayer}, originDropped},
		{"chmod with metacopy", "/bin/x", 7, record.ExeFile{Magic: unix.OVERLAYFS_SUPER_MAGIC, Where: record.OnRoot | record.UpperLayer | record.LowerLayer | record.MetadataOnly}, originImage},
		{"copied up, not compared", "/bin/x", 7, record.ExeFile{Magic: unix.OVERLAYFS_SUPER_MAGIC, Where: record.OnRoot | record.UpperLayer | record.LowerLayer}, ""},
		{"tmpfs", "/dev/shm/x", 7, record.ExeFile{Magic: unix.TMPFS_MAGIC}, originTmpfs},
		{"volume", "/data/x", 7, record.ExeFile{Magic: unix.EXT4_SUPER_MAGIC}, originVolume},
		{"no layers", "/bin/x", 7, record.ExeFile{Magic: unix.EXT4_SUPER_MAGIC, Where: record.OnRoot}, ""},
		{"not told", "/bin/x", 7, record.ExeFile{}, ""},
		{"none", "", 7, record.ExeFile{}, ""},
	}
	r := newRows(nil)
	r.cgroups.known[7] = container.ID{Container: id}
	for _, tt := range tests {
		p := &process.Process{Known: true, Exe: tt.exe, Cgroup: tt.cgroup, File: tt.file, Tree: &process.Tree{Container: id}}
		if got := r.origin(p); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestHashes executes programs on a real kernel: each has its hash, at once or in the end.
func TestHashes(t *testing.T) {
	rec := start(t, Spec{Hash: true, hashRate: 4 << 30})
	shell, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(shell)
	if err != nil {
		t.Fatal(err)
	}
	sum := func(b []byte) string {
		s := sha256.Sum256(b)
		return hex.EncodeToString(s[:])
	}
	hashed := func(mark, want string) *event.Event {
		t.Helper()
		return rec.await(t, 1, mark, func(e *event.Event) bool {
			return event.Activity.Get(e) == activityLaunch && strings.Contains(event.ProcessCmdLine.Get(e), mark) && event.ProcessFileHashSHA256.Get(e) == want
		})[0]
	}
	// They stay until they are read: what was started before, and what others start, may be read first.
	stay := func(c *exec.Cmd) {
		t.Helper()
		if _, err := c.StdinPipe(); err != nil { // what they wait for never comes
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			c.Process.Kill()
			c.Wait()
		})
	}
	stay(exec.Command("/bin/sh", "-c", "read nothing", "hash-plain"))
	if e := hashed("hash-plain", sum(text)); event.ProcessFileOrigin.Get(e) != originHost {
		t.Errorf("origin %q", event.ProcessFileOrigin.Get(e))
	}
	copied := filepath.Join(t.TempDir(), "copied")
	if err := os.WriteFile(copied, append(text[:len(text):len(text)], "changed"...), 0o755); err != nil {
		t.Fatal(err)
	}
	stay(helper("exec", copied, "-c", "read nothing", "hash-copied"))
	hashed("hash-copied", sum(append(text[:len(text):len(text)], "changed"...)))
	stay(exec.Command("/bin/sh", "-c", "read nothing", "hash-again"))
	hashed("hash-again", sum(text))
}
