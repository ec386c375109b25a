//go:build linux

package sensorcmd

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// The load of BenchmarkLatency: opens in a second of files that the plan asks for, of which one in so many matches a rule,
// and how long it lasts.
const (
	opensPerSecond = 20_000
	oneIn          = 20
	loadTime       = 5 * time.Second
)

// openMany opens files for loadTime: one called shadow, which the plan asks for and no rule is about there, and once in a
// while one with the marker.
func openMany(dir string) error {
	begin := time.Now()
	for n := 0; ; n++ {
		at := begin.Add(time.Duration(n) * time.Second / opensPerSecond)
		if at.Sub(begin) > loadTime {
			return nil
		}
		for time.Now().Before(at) {
			time.Sleep(200 * time.Microsecond)
		}
		name := "other-" + marker
		if n%oneIn != 0 {
			name = "shadow"
		}
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
}

const latencyRules = testRules + `
- rule: Somewhere else
  desc: makes the plan ask for files of a name that the load opens elsewhere
  condition: evt.type in (open, openat) and evt.is_open_read=true and fd.num>=0 and fd.name=/etc/nowhere/shadow
  output: no
  priority: NOTICE
`

// stopwatch notes how old findings are when they are written.
type stopwatch struct {
	mu   sync.Mutex
	ages []time.Duration
	rest []byte // of a line that was not written whole yet
}

// Write implements io.Writer.
func (s *stopwatch) Write(p []byte) (int, error) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, p...)
	end := bytes.LastIndexByte(s.rest, '\n') + 1
	for line := range bytes.Lines(s.rest[:end]) {
		var f struct{ Time time.Time }
		if json.Unmarshal(line, &f) == nil && !f.Time.IsZero() {
			s.ages = append(s.ages, now.Sub(f.Time))
		}
	}
	s.rest = append(s.rest[:0], s.rest[end:]...)
	return len(p), nil
}

func (s *stopwatch) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ages)
}

// BenchmarkLatency says how long it takes from a system call until the finding about it is written, while 20,000 events a
// second of the kind that rules are about are judged.
func BenchmarkLatency(b *testing.B) {
	dir := b.TempDir()
	for _, name := range []string{"shadow", "other-" + marker} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	rules := filepath.Join(dir, "rules.yaml")
	if err := os.WriteFile(rules, []byte(latencyRules), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var watch stopwatch
		run := start(b, &watch, "--findings-only", "--rules", rules)
		for watch.count() == 0 { // it is loading
			_, _ = os.ReadFile(filepath.Join(dir, "other-"+marker))
			time.Sleep(100 * time.Millisecond)
		}
		load := exec.Command("/proc/self/exe")
		load.Env = append(os.Environ(), loadHelper+"="+dir)
		if out, err := load.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		if code := run.end(); code != exitDone {
			b.Fatalf("code %d: %s", code, &run.stderr)
		}
		slices.Sort(watch.ages)
		n := len(watch.ages)
		if want := int(loadTime/time.Second) * opensPerSecond / oneIn; n < want {
			b.Errorf("%d findings, want %d: %s", n, want, &run.stderr)
		}
		if n > 0 {
			b.ReportMetric(float64(watch.ages[n/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(watch.ages[n*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(watch.ages[n-1].Microseconds())/1000, "max-ms")
			b.ReportMetric(float64(n), "findings")
		}
	}
}
