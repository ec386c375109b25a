//go:build linux

package enforce

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

// tick is the unit of time of procfs in nanoseconds: USER_HZ is 100 on all machines we build for.
const tick = 1e9 / 100

// process is a process as procfs tells it from others: its number, and when it was started, in ticks since the boot.
type process struct {
	pid   int
	start string
}

// killAll kills the processes of a container that live, and returns how many there were. Those that are killed for the
// first time are added to killed.
func killAll(proc, id string, killed map[process]bool) (found int, err error) {
	names, err := os.ReadDir(proc)
	if err != nil {
		return 0, fmt.Errorf("list processes: %w", err)
	}
	var errs []error
	for _, n := range names {
		pid, err := strconv.Atoi(n.Name())
		if err != nil || pid <= 1 || pid == os.Getpid() {
			continue
		}
		if of, _ := containerOf(proc, pid); of != id {
			continue
		}
		p, err := killOne(proc, pid, id, 0)
		switch {
		case err != nil:
			errs = append(errs, err)
		case p.pid != 0:
			found++
			killed[p] = true
		}
	}
	return found, errors.Join(errs...)
}

// killOne kills a process if it is in the container. A descriptor holds on to the process first, so that what is looked
// at is what is killed: if the number has gone to another one meanwhile, the signal reaches nobody. Where a start is
// given, in nanoseconds since the boot, it has to be that of the process. The answer is the zero value when there was
// nothing to kill.
func killOne(proc string, pid int, id string, since uint64) (process, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) || errors.Is(err, unix.EINVAL) { // it has ended, or is no process
		return process{}, nil
	}
	if err != nil {
		return process{}, fmt.Errorf("hold on to process %d: %w", pid, err)
	}
	defer unix.Close(fd)
	if of, err := containerOf(proc, pid); err != nil || of != id {
		return process{}, nil
	}
	start, dead := startOf(proc, pid)
	if dead || since != 0 && start != strconv.FormatUint(since/tick, 10) {
		return process{}, nil
	}
	switch err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); {
	case errors.Is(err, unix.ESRCH):
		return process{}, nil
	case err != nil:
		return process{}, fmt.Errorf("kill process %d: %w", pid, err)
	}
	return process{pid, start}, nil
}

// containerOf returns the container of a pod that a process is in, or nothing.
func containerOf(proc string, pid int) (string, error) {
	text, err := os.ReadFile(filepath.Join(proc, strconv.Itoa(pid), "cgroup"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("which container process %d is in: %w", pid, err)
	}
	return container.OfProcess(string(text)), nil
}

// startOf returns when a process was started, and whether it has ended and is only there to be waited for.
func startOf(proc string, pid int) (start string, dead bool) {
	text, err := os.ReadFile(filepath.Join(proc, strconv.Itoa(pid), "stat"))
	if err != nil {
		return "", true
	}
	// The name, in parentheses, can contain anything; the state comes after it, the start is 19 fields later.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const state, startTime = 0, 19
	if len(fields) <= startTime {
		return "", true
	}
	return string(fields[startTime]), fields[state][0] == 'Z' || fields[state][0] == 'X'
}
