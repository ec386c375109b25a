package main

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// used is what something took.
type used struct{ cpu, wall time.Duration }

// since returns what was used since a moment.
func (u used) since(before used) used { return used{u.cpu - before.cpu, u.wall - before.wall} }

// started is the origin of now's times.
var started = time.Now()

// now returns what the process has used so far.
func now() used {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return used{wall: time.Since(started)}
	}
	return used{time.Duration(u.Utime.Nano() + u.Stime.Nano()), time.Since(started)}
}

// measure returns what do took.
func measure(do func() error) (used, error) {
	runtime.GC()
	before := now()
	err := do()
	return now().since(before), err
}

// per returns how many a second n in t is.
func per(n int64, t time.Duration) float64 { return float64(n) / t.Seconds() }

// memory watches how much memory the process has until it is stopped.
type memory struct {
	stop chan struct{}
	done sync.WaitGroup
	peak int64
}

// sampling is how often memory looks.
const sampling = 20 * time.Millisecond

func watchMemory() *memory {
	m := &memory{stop: make(chan struct{})}
	m.done.Go(func() {
		t := time.NewTicker(sampling)
		defer t.Stop()
		for {
			m.peak = max(m.peak, resident())
			select {
			case <-m.stop:
				return
			case <-t.C:
			}
		}
	})
	return m
}

// end stops watching and returns the peak in bytes.
func (m *memory) end() int64 {
	close(m.stop)
	m.done.Wait()
	return m.peak
}

// resident is how much of the process is in memory, in bytes; 0 where the
// system does not say.
func resident() int64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// evict asks the system to forget what it has of files, so that the next
// reader goes to the disk.
func evict(files []string) error {
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		_, _, errno := syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0)
		f.Close() // it was only read
		if errno != 0 {
			return errno
		}
	}
	return nil
}
