//go:build linux

package digest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

// Question asks for the hash of one file.
type Question struct {
	// Container is the id of a container, in whose root Path stands; some process of it must be running.
	Container string
	// PID is a process, as the node numbers it, whose program is meant, where Path is empty. Where Container is given,
	// too, it must be a process of that.
	PID  uint32
	Path string
}

// Answer is the hash of a file, and what else is known of it.
type Answer struct {
	SHA256   string
	Size     int64
	Mode     uint32 // permissions
	Owner    uint32
	Modified time.Time
	PID      uint32 // the process by which it was found
}

// Errors of Once.
var (
	// ErrNoContainer says that no process of the container runs.
	ErrNoContainer = errors.New("no process of that container runs on this node")
	// ErrNoFile says that what is there is no file with content, or larger than what is read.
	ErrNoFile = errors.New("it is no regular file, or too large")
	// ErrQuestion says that a question names no file.
	ErrQuestion = errors.New("give a container and an absolute path, or a process")
)

// Once reads one file, bounded as o says. Nothing on the way to it leads out of the container's root, and no device or pipe
// is waited for.
func Once(ctx context.Context, o Options, q Question) (Answer, error) {
	o = o.complete()
	h := &Hasher{o: o}
	if (q.Path == "") != (q.PID != 0) || q.Path != "" && (q.Container == "" || !filepath.IsAbs(q.Path)) {
		return Answer{}, ErrQuestion
	}
	if q.Path == "" {
		return h.program(ctx, &q)
	}
	pids, err := os.ReadDir(o.Proc)
	if err != nil {
		return Answer{}, fmt.Errorf("look for processes: %w", err)
	}
	last := ErrNoContainer
	for _, entry := range pids {
		pid, err := strconv.ParseUint(entry.Name(), 10, 32)
		if err != nil || !h.isOf(uint32(pid), q.Container) {
			continue
		}
		a, err := h.inside(ctx, uint32(pid), &q)
		if err == nil || ctx.Err() != nil || !errors.Is(err, ErrNoContainer) {
			return a, err
		}
	}
	return Answer{}, last
}

// isOf reports whether a process is of a container.
func (h *Hasher) isOf(pid uint32, id string) bool {
	b, err := os.ReadFile(h.process(pid, "cgroup"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(b)) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(parts) == 3 && container.Parse(parts[2]).Container == id {
			return true
		}
	}
	return false
}

// program reads the program of a process.
func (h *Hasher) program(ctx context.Context, q *Question) (Answer, error) {
	f, err := os.Open(h.process(q.PID, "exe"))
	if err != nil {
		return Answer{}, fmt.Errorf("open the program of process %d: %w", q.PID, errors.Join(err, ctx.Err()))
	}
	defer f.Close()
	if q.Container != "" && !h.isOf(q.PID, q.Container) {
		return Answer{}, ErrNoContainer
	}
	return h.answer(ctx, f, q.PID)
}

// inside reads what stands at a path in the root of a process.
func (h *Hasher) inside(ctx context.Context, pid uint32, q *Question) (Answer, error) {
	f, err := h.within(h.process(pid, "root"), q.Path)
	// The number may be that of another process by now, and what was opened another root's.
	if !h.isOf(pid, q.Container) {
		if err == nil {
			err = f.Close()
		}
		return Answer{}, errors.Join(ErrNoContainer, err)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("%s: %w", q.Path, err)
	}
	defer f.Close()
	return h.answer(ctx, f, pid)
}

func (h *Hasher) answer(ctx context.Context, f *os.File, pid uint32) (Answer, error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return Answer{}, fmt.Errorf("look at the file: %w", err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size > h.o.MaxSize {
		return Answer{}, ErrNoFile
	}
	sum, err := h.hash(ctx, f, h.o.Rate)
	if errors.Is(err, errOther) {
		err = ErrNoFile
	}
	return Answer{SHA256: sum, Size: st.Size, Mode: st.Mode &^ unix.S_IFMT, Owner: st.Uid, Modified: time.Unix(st.Mtim.Unix()).UTC(), PID: pid}, err
}
