// Command scan prints how fast a whole scan is on one core, and how much
// memory it takes: a real log, replayed to the size that is asked for, is
// written to a file and scanned with the built-in rules. Beside it stands what
// reading the same events with encoding/json alone takes.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/internal/bench"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

func main() {
	shared := flag.String("shared", "../shared", "directory with the real log (data); without it the demo recording is replayed")
	megabytes := flag.Int64("size", 512, "size of the file in 1,000,000 bytes")
	rounds := flag.Int("rounds", 3, "how often to scan it; the fastest counts")
	flag.Parse()
	if err := run(os.Stdout, *shared, *megabytes*1e6, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(w io.Writer, shared string, size int64, rounds int) (err error) {
	runtime.GOMAXPROCS(1)
	name, log, err := source(shared)
	if err != nil {
		return err
	}
	replay, err := bench.NewReplay(log, size)
	if err != nil {
		return err
	}
	file, err := write(replay)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	loaded := sigma.Load(sigma.Options{}, sigma.Tree{FS: rules.FS, Root: ".", Name: "builtin"})
	best := used{cpu: time.Hour, wall: time.Hour}
	findings := 0
	for range rounds {
		u, err := measure(func() error {
			r, err := hub.Scan(context.Background(), hub.ScanOptions{Files: []string{file}, Rules: loaded.Rules, Workers: 1})
			if err == nil {
				findings = len(r.Findings)
			}
			return err
		})
		if err != nil {
			return err
		}
		if u.cpu < best.cpu {
			best = u
		}
	}
	memory, err := peak()
	if err != nil {
		return err
	}
	plain, err := measure(func() error { return decode(log) })
	if err != nil {
		return err
	}
	n, bytes := replay.Events(), replay.Size()
	fmt.Fprintf(w, "%s, replayed to %.0f MB: %d events of %.0f B, %d rules, one core, best of %d\n", name, float64(bytes)/1e6, n, float64(bytes)/float64(n), len(loaded.Rules), rounds)
	fmt.Fprintf(w, "%-28s %10s %10s %12s %10s\n", "", "MB/s CPU", "MB/s wall", "events/s CPU", "peak MB")
	fmt.Fprintf(w, "%-28s %10.0f %10.0f %12.0f %10.0f   (%d findings)\n", "scan", rate(bytes, best.cpu), rate(bytes, best.wall), float64(n)/best.cpu.Seconds(), float64(memory)/1e6, findings)
	fmt.Fprintf(w, "%-28s %10.0f %10.0f   scan is %.1f times as fast\n", "encoding/json, decoding only", rate(int64(len(log)), plain.cpu), rate(int64(len(log)), plain.wall),
		rate(bytes, best.cpu)/rate(int64(len(log)), plain.cpu))
	return nil
}

// source returns the log to replay: the real one, or the recording in the
// repository.
func source(shared string) (name string, log []byte, err error) {
	for _, name := range []string{filepath.Join(shared, "data", "audit-real-k8s-1.36.jsonl.gz"), filepath.Join("docs", "demo", "demo.jsonl.gz")} {
		packed, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return "", nil, err
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return "", nil, err
		}
		log, err = io.ReadAll(z)
		return filepath.Base(name), log, err
	}
	return "", nil, fmt.Errorf("no log to replay: run this at the root of the repository")
}

func write(r io.Reader) (name string, err error) {
	f, err := os.CreateTemp("", "lynceus-bench-*.jsonl")
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), f.Close()
}

// decode reads every line of a log as encoding/json does, without judging it.
func decode(log []byte) error {
	for line := range bytes.Lines(log) {
		var doc map[string]any
		if err := json.Unmarshal(line, &doc); err != nil {
			return err
		}
	}
	return nil
}

// used is what something took.
type used struct{ cpu, wall time.Duration }

func measure(do func() error) (used, error) {
	runtime.GC()
	before, start := cpuTime(), time.Now()
	err := do()
	return used{cpuTime() - before, time.Since(start)}, err
}

// cpuTime is what the process has used so far, in user and kernel mode.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the most memory the process has had, in bytes.
func peak() (int64, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Maxrss * 1024, err // Linux counts kilobytes
}

func rate(bytes int64, t time.Duration) float64 { return float64(bytes) / 1e6 / t.Seconds() }
