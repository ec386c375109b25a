//go:build linux

package marks

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Overlays notes to where the overlays write that are mounted in the mount namespace of a process, where that is another
// than the node's: of a runtime that has one of its own. What is written there is told by its path in the overlay, then.
// It does nothing for a process that has ended.
func (g *Group) Overlays(pid uint32) error {
	dir := filepath.Join(g.proc, fmt.Sprint(pid))
	namespace, err := os.Readlink(filepath.Join(dir, "ns/mnt"))
	if err != nil || namespace == g.namespace {
		return nil //nolint:nilerr // it has ended
	}
	f, err := os.Open(filepath.Join(dir, "mountinfo"))
	if err != nil {
		return nil //nolint:nilerr // likewise
	}
	defer f.Close()
	there, err := readMounts(f)
	if err != nil {
		return fmt.Errorf("read the mounts of process %d: %w", pid, err)
	}
	for i := range there {
		if dir, ok := translate(there[i].upper, there, g.here); ok {
			g.uppers.add(dir)
		}
	}
	return nil
}

// translate returns by what path a file is reached here that another mount namespace calls path. There are the mounts of
// that, here one of this namespace for each device.
func translate(path string, there []mount, here map[string]mount) (string, bool) {
	if path == "" {
		return "", false
	}
	var on *mount
	for i := range there {
		if m := &there[i]; within(path, m.point) && (on == nil || len(m.point) >= len(on.point)) { // the last covers others
			on = m
		}
	}
	if on == nil {
		return "", false
	}
	inside := filepath.Join(on.root, strings.TrimPrefix(path, on.point))
	m, ok := here[on.device]
	if !ok || !within(inside, m.root) {
		return "", false
	}
	return filepath.Join(m.point, strings.TrimPrefix(inside, m.root)), true
}

// within reports whether a path is a directory or lies in it.
func within(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(dir, "/"))
}
