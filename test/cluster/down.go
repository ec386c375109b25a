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

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// stopTimeout is how long a cluster may take to end by itself before its first process is killed.
const stopTimeout = 10 * time.Second

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
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return forget(d)
	}
	if _, err := os.Stat(d.Config()); errors.Is(err, fs.ErrNotExist) {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 0 {
			return errors.Join(err, fmt.Errorf("%s is not a cluster's directory; remove it or name another", dir))
		}
		return nil
	}
	if alive(d) {
		if err := end(ctx, d); err != nil {
			return err
		}
	}
	awaitReaped(ctx, d)
	if err := layout.Remove(d); err != nil {
		return err
	}
	return forget(d)
}

// end asks process 1 to end, and kills it if that takes too long; every process of its namespace ends with it.
func end(ctx context.Context, d layout.Dir) error {
	pid, _, err := readPID(d)
	if err != nil {
		return err
	}
	for _, sig := range []unix.Signal{unix.SIGTERM, unix.SIGKILL} {
		if err := unix.Kill(pid, sig); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("end the cluster's process %d: %w", pid, err)
		}
		deadline := time.After(stopTimeout)
	waiting:
		for alive(d) {
			select {
			case <-ctx.Done():
				return fmt.Errorf("end the cluster's process %d: %w", pid, ctx.Err())
			case <-deadline:
				break waiting
			case <-time.After(20 * time.Millisecond):
			}
		}
		if !alive(d) {
			return nil
		}
	}
	return fmt.Errorf("the cluster's process %d does not end", pid)
}

// reapTimeout is how long awaitReaped waits; where no process adopts orphans, the entry stays.
const reapTimeout = time.Second

// awaitReaped waits until the entry of the ended process 1 is gone.
func awaitReaped(ctx context.Context, d layout.Dir) {
	pid, start, err := readPID(d)
	if err != nil {
		return // none was started
	}
	ctx, cancel := context.WithTimeout(ctx, reapTimeout)
	defer cancel()
	for ctx.Err() == nil {
		if _, now, err := processStat(pid); err != nil || now != start {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// writePID notes process 1 and when it started, by which it is told apart from a later process with its number.
func writePID(d layout.Dir, pid int) error {
	_, start, err := processStat(pid)
	if err != nil {
		return err
	}
	return os.WriteFile(d.PID(), fmt.Appendf(nil, "%d %s\n", pid, start), 0o600)
}

func readPID(d layout.Dir) (pid int, start string, err error) {
	data, err := os.ReadFile(d.PID())
	if err != nil {
		return 0, "", err
	}
	fields := strings.Fields(string(data))
	if len(fields) != 2 {
		return 0, "", fmt.Errorf("%s is damaged", d.PID())
	}
	pid, err = strconv.Atoi(fields[0])
	return pid, fields[1], err
}

// alive reports whether process 1 of the cluster runs.
func alive(d layout.Dir) bool {
	pid, start, err := readPID(d)
	if err != nil {
		return false
	}
	state, now, err := processStat(pid)
	return err == nil && now == start && state != "Z" && state != "X"
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
