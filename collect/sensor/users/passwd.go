//go:build linux

package users

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

const (
	// maxFile bounds a file; that of an ordinary image has some 1 KiB.
	maxFile = 256 << 10
	// maxUsers bounds what is kept of it, maxName a name: those of Linux have 32 bytes.
	maxUsers = 1024
	maxName  = 64
)

// initPID is the node's first process, whose root directory is the node's.
const initPID = 1

// readNode is read for the node: by its first process, or by another where a sensor may not look at that.
func readNode(proc string, pid uint32) map[uint32]string {
	if ids := read(proc, initPID); ids != nil {
		return ids
	}
	return read(proc, pid)
}

// readInside is read for a process of a container; nil, too, while it has the node's root directory still: what sets a
// container up enters it late.
func readInside(proc string, pid uint32) map[uint32]string {
	inside, err := os.Stat(root(proc, pid))
	if err != nil {
		return nil
	}
	if node, err := os.Stat(root(proc, initPID)); err == nil && os.SameFile(inside, node) {
		return nil
	}
	return read(proc, pid)
}

// read returns the users that the root directory of a process says there are: none where it does not say so, nil when
// there is no such process.
func read(proc string, pid uint32) map[uint32]string {
	dir, err := unix.Open(root(proc, pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = unix.Close(dir) }() // it holds nothing
	f, err := open(dir, "etc/passwd")
	if err != nil {
		return map[uint32]string{}
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return map[uint32]string{}
	}
	return parse(text)
}

func root(proc string, pid uint32) string {
	return filepath.Join(proc, strconv.FormatUint(uint64(pid), 10), "root")
}

// open opens a regular file below a directory as one whose root that is would: a link in it leads nowhere else, and a
// pipe does not make the reader wait.
func open(dir int, name string) (*os.File, error) {
	how := unix.OpenHow{Flags: unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS}
	fd, err := unix.Openat2(dir, name, &how)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	f := os.NewFile(uintptr(fd), name)
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = f.Close() // it is not used
		return nil, fmt.Errorf("%s is no file", name)
	}
	return f, nil
}

// parse reads the lines of passwd(5). The first of several names of a user counts; lines that are none are left out.
func parse(text []byte) map[uint32]string {
	out := map[uint32]string{}
	for line := range bytes.Lines(text) {
		name, rest, ok := bytes.Cut(line, []byte(":"))
		_, rest, found := bytes.Cut(rest, []byte(":"))
		id, _, ended := bytes.Cut(rest, []byte(":"))
		uid, err := strconv.ParseUint(string(id), 10, 32)
		if !ok || !found || !ended || err != nil || len(name) == 0 || len(name) > maxName || name[0] == '#' || len(out) >= maxUsers {
			continue
		}
		if _, there := out[uint32(uid)]; !there {
			out[uint32(uid)] = string(name)
		}
	}
	return out
}
