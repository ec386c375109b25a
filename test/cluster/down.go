package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/test/cluster/internal/cgroup"
	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// stopTimeout is how long a cluster may take to end by itself before its first process is killed.
const stopTimeout = time.Minute

// pollInterval is how often a process that is ending is looked at, and reapTimeout for how long once it has ended.
const (
	pollInterval = 10 * time.Millisecond
	reapTimeout  = 10 * time.Second
)

// Down ends the cluster in dir and removes what is left of it, and of any other whose processes have ended. That there
// is none is no error.
func Down(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	unlock, err := lock(startLock)
	if err != nil {
		return err
	}
	defer unlock()
	sweep(ctx)
	return down(ctx, dir)
}

// down ends one cluster. The caller has the lock.
func down(ctx context.Context, dir string) error {
	d := layout.Dir(dir)
	// Its process first: while that is ending, it removes the directory itself, in any order.
	note, noteErr := recall(d)
	p, err := readPID(d)
	if err != nil {
		p = note.process()
	}
	if err := p.end(ctx); err != nil {
		return err
	}
	if noteErr == nil {
		if err := cgroup.Remove(note.Cgroup); err != nil {
			return err
		}
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return forget(d)
	}
	if _, err := os.Stat(d.Config()); errors.Is(err, fs.ErrNotExist) && noteErr != nil {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 0 {
			return errors.Join(err, fmt.Errorf("%s is not a cluster's directory; remove it or name another", dir))
		}
		return nil
	}
	if err := layout.Remove(d); err != nil {
		return err
	}
	return forget(d)
}

// process is process 1 of a cluster, told apart from a later process with its number by when it started.
type process struct {
	pid   int
	start string // as processStat has it
}

// end asks the process to end, and kills it if that takes too long; every process of its namespace ends with it. The
// zero process has ended.
func (p process) end(ctx context.Context) error {
	for _, sig := range []unix.Signal{unix.SIGTERM, unix.SIGKILL} {
		if !p.runs() {
			break
		}
		if err := unix.Kill(p.pid, sig); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("end the cluster's process %d: %w", p.pid, err)
		}
		deadline := time.Now().Add(stopTimeout)
		for p.runs() && time.Now().Before(deadline) {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("end the cluster's process %d: %w", p.pid, err)
			}
			time.Sleep(pollInterval)
		}
	}
	if p.runs() {
		return fmt.Errorf("the cluster's process %d does not end", p.pid)
	}
	// Its parent is about to collect it; where no process adopts orphans, the entry stays.
	for deadline := time.Now().Add(reapTimeout); p.listed() && time.Now().Before(deadline); {
		time.Sleep(pollInterval)
	}
	return nil
}

// runs reports whether the process has not ended.
func (p process) runs() bool {
	state, start, err := processStat(p.pid)
	return err == nil && start == p.start && state != "Z" && state != "X"
}

// listed reports whether the process runs or has ended and was not collected by its parent.
func (p process) listed() bool {
	_, start, err := processStat(p.pid)
	return err == nil && start == p.start
}

// writePID notes process 1.
func writePID(d layout.Dir, p process) error {
	return os.WriteFile(d.PID(), fmt.Appendf(nil, "%d %s\n", p.pid, p.start), 0o600)
}

func readPID(d layout.Dir) (process, error) {
	data, err := os.ReadFile(d.PID())
	if err != nil {
		return process{}, err
	}
	fields := strings.Fields(string(data))
	if len(fields) != 2 {
		return process{}, fmt.Errorf("%s is damaged", d.PID())
	}
	pid, err := strconv.Atoi(fields[0])
	return process{pid: pid, start: fields[1]}, err
}

// alive reports whether process 1 of the cluster runs.
func alive(d layout.Dir) bool {
	p, err := readPID(d)
	return err == nil && p.runs()
}

// processStat is the state of a process ("Z" and "X" once it has ended) and when it started, in clock ticks since boot
// (proc_pid_stat(5), fields 3 and 22).
func processStat(pid int) (state, start string, err error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", "", err
	}
	// The second field is the name in parentheses, which may hold anything.
	_, rest, ok := strings.Cut(string(data[max(strings.LastIndexByte(string(data), ')'), 0):]), " ")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 20 {
		return "", "", fmt.Errorf("process %d: no start time", pid)
	}
	return fields[0], fields[19], nil
}
