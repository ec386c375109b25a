//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// mark is an argument of the programs that the load runs.
const mark = "lynceus-bench-load"

// settle is how long a sensor that has begun is left alone before the load: its start-up is not measured.
const settle = 500 * time.Millisecond

// process is a sensor that runs.
type process struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer
	seen   atomic.Int64
	read   chan struct{}
}

// startSensor starts a sensor and waits until it has attached its hooks.
func startSensor(ctx context.Context, path string, args []string) (guest, error) {
	p := &process{cmd: exec.CommandContext(ctx, path, args...), read: make(chan struct{})}
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go p.count(out)
	if err := p.awaitHooks(ctx); err != nil {
		_, endErr := p.end()
		return nil, errors.Join(err, endErr)
	}
	time.Sleep(settle)
	return p, nil
}

// awaitHooks waits until the sensor has a descriptor of an eBPF link.
func (p *process) awaitHooks(ctx context.Context) error {
	dir := fmt.Sprintf("/proc/%d/fd/", p.cmd.Process.Pid)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		files, err := os.ReadDir(dir)
		if err != nil {
			break
		}
		for _, f := range files {
			if to, err := os.Readlink(dir + f.Name()); err == nil && to == "anon_inode:bpf_link" {
				return nil
			}
		}
	}
	return fmt.Errorf("the sensor did not begin: %s", p.stderr.String())
}

// count reads what the sensor writes, and counts the programs of the load that began in it.
func (p *process) count(r io.Reader) {
	defer close(p.read)
	buf := make([]byte, 256<<10)
	var rest []byte
	for {
		n, err := r.Read(buf)
		rest = append(rest, buf[:n]...)
		end := bytes.LastIndexByte(rest, '\n') + 1
		for line := range bytes.Lines(rest[:end]) {
			if bytes.Contains(line, []byte(mark)) && bytes.Contains(line, []byte(`"Launch"`)) {
				p.seen.Add(1)
			}
		}
		rest = append(rest[:0], rest[end:]...)
		if err != nil {
			return
		}
	}
}

// cpu reads the clock of the process.
func (p *process) cpu() (time.Duration, error) {
	var t unix.Timespec
	clock := int32(^p.cmd.Process.Pid)<<3 | 2 // CPUCLOCK_SCHED of a process, clock_getcpuclockid(3)
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0, fmt.Errorf("processor time of the sensor: %w", err)
	}
	return time.Duration(t.Nano()), nil
}

// What the sensor says at its end.
var (
	lostText = regexp.MustCompile(`(\d+) records lost`)
	shedText = regexp.MustCompile(`(\d+) events given up`)
)

// end ends the sensor.
func (p *process) end() (a account, err error) {
	a.memory, err = peakMemory(p.cmd.Process.Pid)
	err = errors.Join(err, p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.read
	err = errors.Join(err, p.cmd.Wait())
	a.seen = p.seen.Load()
	said := p.stderr.String()
	for text, n := range map[*regexp.Regexp]*int64{lostText: &a.lost, shedText: &a.shed} {
		if m := text.FindStringSubmatch(said); m != nil {
			*n, _ = strconv.ParseInt(m[1], 10, 64)
		} else if text == lostText {
			err = errors.Join(err, fmt.Errorf("the sensor did not say what it lost: %s", said))
		}
	}
	return a, err
}

// peakMemory is the most memory that a process has had, in bytes.
func peakMemory(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		var kib int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err == nil {
			return kib << 10, nil
		}
	}
	return 0, errors.New("the kernel does not say how much memory the sensor had")
}
