//go:build linux

package sensor

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// TestChanges changes files and looks for the rows that come without a hook at system calls.
func TestChanges(t *testing.T) {
	dir := realTempDir(t)
	ours := plan.Paths{Prefixes: []string{dir + "/"}, Names: []string{"in-overlay"}}
	spec := Spec{Plan: plan.Plan{Files: plan.Files{Write: ours, Change: ours}}}
	hooks, err := hooksFor(&spec.Plan, "/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hooks {
		if h.program == "lynceus_call" {
			t.Fatal("system calls are hooked")
		}
	}
	rec := start(t, spec)
	in := func(name string) string { return filepath.Join(dir, name) }
	find := func(t *testing.T, activity, path string) *event.Event {
		t.Helper()
		return rec.await(t, 1, activity+" of "+path, func(e *event.Event) bool {
			return event.Activity.Get(e) == activity && event.FilePath.Get(e) == path
		})[0]
	}
	t.Run("by a shell", func(t *testing.T) {
		run(t, exec.Command("/bin/sh", "-c", "echo x > "+in("made")+"; chmod 600 "+in("made")+"; mv "+in("made")+" "+in("moved")+"; rm "+in("moved")))
		e := find(t, activityCreate, in("made"))
		checkText(t, e, map[event.StringField]string{event.FileName: "made", event.FileParentFolder: dir, event.ActorProcessName: "sh"})
		if !strings.Contains(event.ActorProcessCmdLine.Get(e), "echo x >") || event.ActorProcessUID.Get(e) == "" {
			t.Errorf("by %q", event.ActorProcessCmdLine.Get(e))
		}
		checkText(t, find(t, activityAttributes, in("made")), map[event.StringField]string{event.ActorProcessName: "chmod"})
		checkText(t, find(t, activityRename, in("moved")), map[event.StringField]string{event.ActorProcessName: "mv", event.FilePreviousPath: in("made")})
		checkText(t, find(t, activityDelete, in("moved")), map[event.StringField]string{event.ActorProcessName: "rm"})
	})
	t.Run("written", func(t *testing.T) {
		if err := os.WriteFile(in("old"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		find(t, activityCreate, in("old"))
		run(t, exec.Command("/bin/sh", "-c", "echo more >> "+in("old")))
		if e := find(t, activityUpdate, in("old")); !event.FileOpenWrite.Get(e) {
			t.Error("not said to be written")
		}
	})
	t.Run("directories and links", func(t *testing.T) {
		if err := os.Mkdir(in("d"), 0o755); err != nil {
			t.Fatal(err)
		}
		checkText(t, find(t, activityCreate, in("d")), map[event.StringField]string{event.FileType: "directory"})
		if err := os.Symlink("/etc/shadow", in("d/link")); err != nil {
			t.Fatal(err)
		}
		find(t, activityCreate, in("d/link"))
	})
	t.Run("in an overlay", func(t *testing.T) { testOverlay(t, dir, find) })
}

// testOverlay writes in an overlay, as a container does.
func testOverlay(t *testing.T, dir string, find func(t *testing.T, activity, path string) *event.Event) {
	var of [4]string
	for i, name := range []string{"lower", "upper", "work", "merged"} {
		of[i] = filepath.Join(dir, "overlay", name)
		if err := os.MkdirAll(of[i], 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(of[0], "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("overlay", of[3], "overlay", 0, "lowerdir="+of[0]+",upperdir="+of[1]+",workdir="+of[2]); err != nil {
		require.Need(t, "bpf", false, "an overlay cannot be mounted: "+err.Error())
	}
	defer unix.Unmount(of[3], unix.MNT_DETACH)
	run(t, exec.Command("/bin/sh", "-c", "echo x > "+filepath.Join(of[3], "etc/in-overlay")))
	checkText(t, find(t, activityCreate, "/etc/in-overlay"), map[event.StringField]string{event.ActorProcessName: "sh"})
}
