//go:build linux

package sensor

import (
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// pipeBell returns a bell that a write to the file rings.
func pipeBell(t *testing.T) (*bell, *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBell(int(r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.close(); r.Close(); w.Close() })
	return b, w
}

func TestBell(t *testing.T) {
	const long, short = time.Minute, 5 * time.Millisecond
	b, w := pipeBell(t)
	var there atomic.Bool
	for _, c := range []struct {
		name string
		do   func()
		long time.Duration
	}{
		{"nothing happens", func() {}, short},
		{"it is rung before", func() { b.ring() }, long},
		{"nothing happens after it was rung", func() {}, short},
		{"it is rung meanwhile", func() { time.AfterFunc(short, func() { b.ring() }) }, long},
		{"it is rung twice", func() { b.ring(); b.ring() }, long},
		{"nothing happens after that", func() {}, short},
		{"there is something", func() { there.Store(true) }, long},
		{"the kernel wakes it", func() {
			there.Store(false)
			time.AfterFunc(short, func() { there.Store(true); w.WriteString("x") })
		}, long},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.do()
			begin := time.Now()
			if err := b.wait(c.long, there.Load); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begin); c.long == short && took < short || took >= long {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// However a ring and a wait meet, the ring is not lost.
func TestBellRace(t *testing.T) {
	b, _ := pipeBell(t)
	rung, heard := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(rung)
		for range 2000 {
			if err := b.ring(); err != nil {
				t.Error(err)
			}
			<-heard
		}
	}()
	for range 2000 {
		if err := b.wait(time.Minute, never); err != nil {
			t.Fatal(err)
		}
		heard <- struct{}{}
	}
	<-rung
}
