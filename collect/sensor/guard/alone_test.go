//go:build linux

package guard

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// distant is a sensor in another process.
type distant struct {
	cmd    *exec.Cmd
	orders io.WriteCloser

	mu   sync.Mutex
	last struct {
		PID    int
		Counts Counts
	}
}

func startDistant(t *testing.T) *distant {
	t.Helper()
	d := &distant{cmd: exec.Command("/proc/self/exe", helperWord, "sensor")}
	var err error
	if d.orders, err = d.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.cmd.Stderr = os.Stderr
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			d.mu.Lock()
			_ = json.Unmarshal(lines.Bytes(), &d.last)
			d.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		d.cmd.Process.Kill()
		d.cmd.Wait()
	})
	return d
}

func (d *distant) state() (pid int, c Counts) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last.PID, d.last.Counts
}

// order has the sensor watch a box, and waits until its guard does.
func (d *distant) order(t *testing.T, b *box, r Rules) {
	t.Helper()
	if err := json.NewEncoder(d.orders).Encode(order{r, map[string]uint64{b.id: 1}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the box is watched", func() bool { _, c := d.state(); return c.Watched == 1 })
}

// marks reports whether a process holds a fanotify group with marks.
func marks(t *testing.T, pid int) bool {
	t.Helper()
	infos, err := filepath.Glob(fmt.Sprintf("/proc/%d/fdinfo/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range infos {
		if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), "fanotify ") {
			return true
		}
	}
	return false
}

// TestSensorStopped stops the sensor, then ends it: the guard goes on denying, holds nobody up for longer than the bound,
// and ends with the sensor.
func TestSensorStopped(t *testing.T) {
	const bound = time.Second
	b := newBox(t)
	sensortest.Program(t, b.path("bad"), append(sensortest.Writes(), "bad"...))
	writeSlow(t, b.path("slow"))
	d := startDistant(t)
	d.order(t, b, Rules{Bound: bound, Policies: map[int]Rule{0: {Enforce: true, SHA256: []string{sumOf(t, b.path("bad"))}}}})
	guard, _ := d.state()
	if !marks(t, guard) {
		t.Error("the guard has no marks")
	}
	if err := d.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got, _ := b.run("/bad"); got != denied {
			t.Errorf("with the sensor stopped: %q", got)
		}
		if got, took := b.run("/image"); got != ran || took > bound+slack {
			t.Errorf("another program: %q in %v", got, took)
		}
	}
	if got, took := b.run("/slow"); got != ran || took > bound+slack {
		t.Errorf("a slow one: %q in %v", got, took)
	}
	// More decisions than the connection takes: the guard must not wait for the sensor.
	for range 40 {
		b.run("/bad")
	}
	if err := d.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	d.cmd.Wait()
	eventually(t, "the guard has ended", func() bool { return !alive(guard) })
	if got, _ := b.run("/bad"); got != ran {
		t.Errorf("after the sensor's end: %q", got)
	}
	if marks(t, guard) {
		t.Error("there still are marks")
	}
}

// alive reports whether a process runs: one that nobody has waited for does not.
func alive(pid int) bool {
	_, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	return err == nil
}

// TestGuardStopped stops the guard: the sensor ends it, and starts another.
func TestGuardStopped(t *testing.T) {
	b, c := newBox(t), start(t)
	sensortest.Program(t, b.path("bad"), append(sensortest.Writes(), "bad"...))
	b.watch(t, c, Rules{Bound: time.Second, Policies: map[int]Rule{0: {Enforce: true, SHA256: []string{sumOf(t, b.path("bad"))}}}})
	first := c.Stats().PID
	if err := syscall.Kill(first, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	got, took := b.run("/image")
	t.Logf("held up for %v", took)
	if got != ran || took > silentFor+2*pingEvery+patience {
		t.Errorf("%q in %v", got, took)
	}
	eventually(t, "another guard watches", func() bool {
		s := c.Stats()
		return s.PID != 0 && s.PID != first && s.Starts == 2 && s.Counts.Watched == 1
	})
	if got, _ := b.run("/bad"); got != denied {
		t.Errorf("by the other guard: %q", got)
	}
}

// TestGuardKilled kills the guard while somebody waits for it.
func TestGuardKilled(t *testing.T) {
	b, c := newBox(t), start(t)
	writeSlow(t, b.path("slow"))
	b.watch(t, c, Rules{Bound: MaxBound, DenyLate: true, Policies: map[int]Rule{0: {Enforce: true, SHA256: []string{"0"}}}})
	type result struct {
		got  string
		took time.Duration
	}
	done := make(chan result, 1)
	go func() {
		got, took := b.run("/slow")
		done <- result{got, took}
	}()
	eventually(t, "the guard is asked", func() bool { return c.Stats().Counts.Asked > 0 })
	if err := syscall.Kill(c.Stats().PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if r := <-done; r.got != ran || r.took >= MaxBound {
		t.Errorf("%q in %v", r.got, r.took)
	}
}

// TestStarved has the processors taken by others.
func TestStarved(t *testing.T) {
	const bound = 250 * time.Millisecond
	b, c := newBox(t), start(t)
	b.watch(t, c, Rules{Bound: bound, Policies: map[int]Rule{0: {Enforce: true, SHA256: []string{"0"}}}})
	for range 8 {
		hog := exec.Command("/bin/sh", "-c", "while :; do :; done")
		if err := hog.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			hog.Process.Kill()
			hog.Wait()
		}()
	}
	var worst time.Duration
	for range 30 {
		got, took := b.run("/image")
		if worst = max(worst, took); got != ran {
			t.Errorf("%q", got)
		}
	}
	t.Logf("the slowest of 30 took %v from its fork to its end", worst)
	if worst > bound+slack {
		t.Errorf("%v", worst)
	}
}
