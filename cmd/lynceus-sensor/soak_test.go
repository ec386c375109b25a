//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/require"
)

const (
	// soakEnv says how long TestSoakSensor lasts, soakTime how long unless it is set.
	soakEnv  = "SOAK_TIME"
	soakTime = 6 * time.Hour
	// soakPrograms and soakFiles are how many programs the load runs each second and how many files it writes.
	soakPrograms = 100
	soakFiles    = 2000
	// soakGrowth is how much larger the sensor may be at the end, by the line that fits its sizes best: what the collector
	// leaves for later changes more than that from one second to the next.
	soakGrowth = 4 << 20
	// soakSettled is how long it takes until that holds, soakBegun what it may grow by until then: caches and tables fill, and
	// the heap finds its size.
	soakSettled = 10 * time.Minute
	soakBegun   = 24 << 20
)

// A sensor with our own rules that has worked for long is no larger than after a while, and has lost nothing.
func TestSoakSensor(t *testing.T) {
	require.Soak(t)
	require.BPF(t)
	last := soakTime
	if text := os.Getenv(soakEnv); text != "" {
		var err error
		if last, err = time.ParseDuration(text); err != nil || last < 10*time.Second {
			t.Fatalf("%s=%s: give a time of 10s or more; %v", soakEnv, text, err)
		}
	}
	cmd := exec.Command(build(t), "--rules", filepath.Join(require.ModuleRoot(t), "rules/runtime"), "--findings-only")
	var said bytes.Buffer
	cmd.Stderr, cmd.Stdout = &said, io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var sizes []sample
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for time.Since(began) < last {
		load(t)
		size, err := residentMemory(cmd.Process.Pid)
		if err != nil {
			t.Fatalf("the sensor has ended: %v\n%s", err, said.String())
		}
		if time.Since(began) > last/5 { // what it learns at its start is no growth
			sizes = append(sizes, sample{time.Since(began).Hours(), float64(size)})
		}
		<-second.C
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, said.String())
	}
	slope, mean := fit(sizes)
	growth := slope * (last - last/5).Hours()
	t.Logf("%v with %d programs and %d files a second: %.1f MB in the mean, %+.2f MB in all, %+.3f MB an hour", last, soakPrograms, soakFiles, mean/1e6, growth/1e6, slope/1e6)
	t.Log(said.String())
	most := float64(soakGrowth)
	if last <= soakSettled {
		most = soakBegun
	}
	if growth > most {
		t.Errorf("the sensor grew by %.1f MB", growth/1e6)
	}
	if lost := regexp.MustCompile(`(\d+) records lost`).FindStringSubmatch(said.String()); lost == nil || lost[1] != "0" || strings.Contains(said.String(), "given up") {
		t.Errorf("something was lost: %s", said.String())
	}
}

// load does what a second of load is.
func load(t *testing.T) {
	t.Helper()
	name := filepath.Join(os.TempDir(), fmt.Sprintf("lynceus-soak-%d", os.Getpid()))
	defer os.Remove(name)
	for i := range soakPrograms {
		if err := exec.Command("/bin/true", "soak", strconv.Itoa(i)).Run(); err != nil {
			t.Fatal(err)
		}
		for range soakFiles / soakPrograms {
			if err := os.WriteFile(name, []byte("soak"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// residentMemory is how much memory a process has, in bytes.
func residentMemory(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		var kib int64
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kib); err == nil {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("process %d has no memory any more", pid)
}

// sample is a size at a time.
type sample struct{ hours, bytes float64 }

// fit returns how fast sizes grow by the hour, by least squares, and their mean.
func fit(s []sample) (slope, mean float64) {
	var t float64
	for _, x := range s {
		t += x.hours / float64(len(s))
		mean += x.bytes / float64(len(s))
	}
	var above, below float64
	for _, x := range s {
		above += (x.hours - t) * (x.bytes - mean)
		below += (x.hours - t) * (x.hours - t)
	}
	if below == 0 {
		return 0, mean
	}
	return above / below, mean
}

func TestFit(t *testing.T) {
	if slope, mean := fit([]sample{{0, 10}, {1, 12}, {2, 14}}); slope < 1.999 || slope > 2.001 || mean < 11.999 || mean > 12.001 {
		t.Error(slope, mean)
	}
	if slope, mean := fit([]sample{{1, 5}}); slope != 0 || mean != 5 {
		t.Error(slope, mean)
	}
}
