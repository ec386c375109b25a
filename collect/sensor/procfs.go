//go:build linux

package sensor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/lynceus-io/lynceus/collect/sensor/record"
)

// errProcessGone says that a number now belongs to another process.
var errProcessGone = errors.New("the process has ended")

// nanosPerTick is the unit of times in procfs: USER_HZ is 100 on all architectures that Go knows.
const nanosPerTick = 10_000_000

// maxArguments bounds what is read of a process's arguments. The kernel lets a program have 6 MB of them.
const maxArguments = 8 << 20

// arguments returns the arguments of a running process, which procfs knows by a number and when it was started, each ended by NUL, and how many bytes they are in all. Of many,
// the first and the last are returned, as of those that are executed.
func arguments(proc string, pid uint32, start uint64) (args []byte, total uint64, err error) {
	dir := filepath.Join(proc, strconv.FormatUint(uint64(pid), 10))
	f, err := os.Open(filepath.Join(dir, "cmdline"))
	if err != nil {
		return nil, 0, fmt.Errorf("read arguments: %w", err)
	}
	args, err = io.ReadAll(io.LimitReader(f, maxArguments))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, 0, fmt.Errorf("read arguments: %w", err)
	}
	// The number may have been given to another process meanwhile.
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return nil, 0, fmt.Errorf("read arguments: %w", err)
	}
	if ticks, ok := startTicks(stat); !ok || ticks != start/nanosPerTick {
		return nil, 0, fmt.Errorf("read arguments: %w", errProcessGone)
	}
	return record.Shorten(args), uint64(len(args)), nil
}

// startTicks returns the 22nd field of /proc/PID/stat. The second is the name in parentheses, which may contain
// anything; no later one has a parenthesis.
func startTicks(stat []byte) (uint64, bool) {
	const before = 19 // fields between the name and the start
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= before {
		return 0, false
	}
	n, err := strconv.ParseUint(string(fields[before]), 10, 64)
	return n, err == nil
}
