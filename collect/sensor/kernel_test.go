//go:build linux

package sensor

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cilium/ebpf"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// patience is how long a test waits for an event, on a machine that has much else to do.
const patience = time.Minute

// recorder is a sink that keeps everything.
type recorder struct {
	mu   sync.Mutex
	rows []*event.Event
}

func (r *recorder) Event(e *event.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, e.Clone())
	return nil
}

func (r *recorder) Idle() error { return nil }

// all returns the rows that match.
func (r *recorder) all(match func(*event.Event) bool) []*event.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*event.Event
	for _, e := range r.rows {
		if match(e) {
			out = append(out, e)
		}
	}
	return out
}

// await returns the rows that match once there are n of them.
func (r *recorder) await(t *testing.T, n int, what string, match func(*event.Event) bool) []*event.Event {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		out := r.all(match)
		if len(out) >= n {
			return out
		}
		if time.Since(began) > patience {
			t.Fatalf("%s: %d events of %d after %v", what, len(out), n, patience)
		}
	}
}

// one returns the first row of an activity whose command line contains text.
func (r *recorder) one(t *testing.T, activity, text string) *event.Event {
	t.Helper()
	return r.await(t, 1, activity+" of "+text, func(e *event.Event) bool {
		return event.Activity.Get(e) == activity && strings.Contains(event.ProcessCmdLine.Get(e), text)
	})[0]
}

// start runs a sensor until the test ends, when nothing may have been lost and nothing of it may be left.
func start(t *testing.T, spec Spec) *recorder {
	t.Helper()
	_, rec := startSensor(t, spec)
	return rec
}

// startSensor is start for who needs the sensor itself, too.
func startSensor(t *testing.T, spec Spec) (*Sensor, *recorder) {
	t.Helper()
	require.BPF(t)
	s, err := Load(spec)
	if err != nil {
		t.Fatal(err)
	}
	var ids []ebpf.ProgramID
	for _, p := range s.programs.collection.Programs {
		info, err := p.Info()
		if err != nil {
			t.Fatal(err)
		}
		id, _ := info.ID()
		ids = append(ids, id)
	}
	rec := &recorder{}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, rec) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		stats, err := s.Stats()
		if err != nil {
			t.Errorf("stats: %v", err)
		} else if t.Log(stats); stats.Lost() != 0 {
			t.Errorf("%d records lost", stats.Lost())
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		for _, id := range ids {
			gone(t, id)
		}
	})
	return s, rec
}

// gone fails the test unless the kernel removes a program soon: it waits for those who may be running it.
func gone(t *testing.T, id ebpf.ProgramID) {
	t.Helper()
	for began := time.Now(); time.Since(began) < patience; time.Sleep(5 * time.Millisecond) {
		p, err := ebpf.NewProgramFromID(id)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err == nil {
			p.Close()
		}
	}
	t.Errorf("program %d is still in the kernel", id)
}
