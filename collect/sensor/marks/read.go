//go:build linux

package marks

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Event is a change of a file.
type Event struct {
	// PID is the process that made it, in the PID namespace of this process; 0 when it is none of there.
	PID uint32
	// Path is the file's; Previous the one before it was renamed, where that is known.
	Path, Previous string
	Directory      bool
	// What happened to it since the last event of it. Several may have.
	Created, Removed, Renamed, Attributes, Written bool
}

// Read hands over the events that there are, until take wants no more: then those that were read with it still follow.
// Events that cannot be read or resolved are counted.
func (g *Group) Read(take func(*Event) bool) error {
	for more := true; more; {
		n, err := unix.Read(g.fd, g.buffer)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("read changes of files: %w", err)
		}
		if err := g.refresh(); err != nil {
			return err
		}
		more = g.all(g.buffer[:n], take)
	}
	return nil
}

// all hands over the events in b, and says whether more are wanted.
func (g *Group) all(b []byte, take func(*Event) bool) (more bool) {
	for more = true; len(b) > 0; {
		e, rest, err := decode(b)
		if err != nil {
			g.Malformed++ // what follows cannot be found
			return more
		}
		b = rest
		if e.mask&unix.FAN_Q_OVERFLOW != 0 {
			g.Lost++
			continue
		}
		out, ok := g.event(&e)
		if !ok {
			g.Unresolved++
			continue
		}
		more = take(&out)
	}
	return more
}

func (g *Group) event(e *raw) (Event, bool) {
	path, ok := g.resolve(&e.at)
	if !ok {
		return Event{}, false
	}
	out := Event{
		PID: uint32(max(e.pid, 0)), Path: path, Directory: e.mask&unix.FAN_ONDIR != 0,
		Created: e.mask&unix.FAN_CREATE != 0, Removed: e.mask&unix.FAN_DELETE != 0, Renamed: e.mask&(unix.FAN_RENAME|maskMoved) != 0,
		Attributes: e.mask&unix.FAN_ATTRIB != 0, Written: e.mask&unix.FAN_CLOSE_WRITE != 0,
	}
	if e.from.handle != nil {
		out.Previous, _ = g.resolve(&e.from)
	}
	return out, true
}

// resolve returns the path of a place. Nothing is held open: it would keep a volume from being unmounted.
func (g *Group) resolve(p *place) (string, bool) {
	point, ok := g.systems[p.system]
	if !ok {
		return "", false
	}
	system, err := unix.Open(g.path(point), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", false
	}
	defer unix.Close(system)
	dir, err := unix.OpenByHandleAt(system, unix.NewFileHandle(p.kind, p.handle), unix.O_PATH|unix.O_CLOEXEC)
	if err != nil {
		return "", false
	}
	defer unix.Close(dir)
	var link [unix.PathMax]byte
	n, err := unix.Readlink(filepath.Join(g.proc, "self/fd", fmt.Sprint(dir)), link[:])
	if err != nil || n <= 0 {
		return "", false
	}
	path := strings.TrimSuffix(string(link[:n]), " (deleted)")
	if name := string(p.name); name != "." {
		path = strings.TrimSuffix(path, "/") + "/" + name
	}
	return g.uppers.inside(path), true
}
