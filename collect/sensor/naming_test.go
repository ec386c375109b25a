//go:build linux

package sensor

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/event"
)

// slowRuntime knows each container after a time, by its id.
type slowRuntime map[string]time.Time

func (s slowRuntime) Names(_ context.Context, id string) (container.Names, error) {
	if at, ok := s[id]; !ok || time.Now().Before(at) {
		return container.Names{}, errors.New("not known")
	}
	return container.Names{Container: "c-" + id, Pod: "p", Namespace: "n", PodUID: "u", Image: "i", Digest: "d"}, nil
}

// feed makes a row of a container.
func feed(t *testing.T, n *naming, id string, pid int64) {
	t.Helper()
	var e event.Event
	e.Reset(event.ClassProcess)
	event.ProcessPID.Set(&e, pid)
	if err := n.row(&e, id); err != nil {
		t.Fatal(err)
	}
}

func TestNaming(t *testing.T) {
	tests := []struct {
		name  string
		known time.Duration // when the runtime knows it, less than 0 for never
		out   time.Duration // when the rows go out
		want  string
	}{
		{"known at once", 0, 0, "c-x"},
		{"known a little later", 300 * time.Millisecond, 300 * time.Millisecond, "c-x"},
		{"known too late", 2 * time.Second, time.Second, ""},
		{"never known", -1, time.Second, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				runtime := slowRuntime{}
				if tt.known >= 0 {
					runtime["x"] = time.Now().Add(tt.known)
				}
				var got []string
				n := newNaming(runtime, nil, time.Now, func(e *event.Event) error {
					pid, _ := event.ProcessPID.Get(e)
					got = append(got, fmt.Sprintf("%d %s", pid, event.ContainerName.Get(e)))
					return nil
				})
				for pid := range int64(3) {
					feed(t, n, "x", pid)
				}
				began := time.Now()
				for len(got) == 0 && time.Since(began) < time.Minute {
					synctest.Wait()
					if err := n.answers(); err != nil {
						t.Fatal(err)
					}
					if len(got) == 0 {
						time.Sleep(10 * time.Millisecond)
					}
				}
				if took := time.Since(began); took < tt.out || took > tt.out+2*askEvery {
					t.Errorf("rows went out after %v, want %v", took, tt.out)
				}
				feed(t, n, "x", 3)
				if err := n.end(); err != nil {
					t.Fatal(err)
				}
				for pid := range 4 {
					if want := fmt.Sprintf("%d %s", pid, tt.want); len(got) != 4 || got[pid] != want {
						t.Fatalf("rows %q, want %q as number %d", got, want, pid)
					}
				}
				if n.held != 0 || n.with+n.without != 4 {
					t.Errorf("%d bytes held, %d and %d rows", n.held, n.with, n.without)
				}
			})
		})
	}
}

func TestNamingAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runtime := slowRuntime{"x": time.Now().Add(30 * time.Second)}
		n := newNaming(runtime, nil, time.Now, func(*event.Event) error { return nil })
		for range 60 { // it is asked at 0, 3, 8, 17, 34 seconds
			feed(t, n, "x", 1)
			time.Sleep(time.Second + 10*time.Millisecond)
			if err := n.answers(); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.end(); err != nil {
			t.Fatal(err)
		}
		if n.without < 33 || n.without > 36 || n.with+n.without != 60 {
			t.Errorf("%d rows with names, %d without", n.with, n.without)
		}
	})
}

func TestNamingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rows := 0
		n := newNaming(slowRuntime{}, nil, time.Now, func(*event.Event) error { rows++; return nil })
		const many = maxHeldBytes/rowBytes + maxNamed
		for i := range many {
			feed(t, n, fmt.Sprint(i), 1)
			if n.held > maxHeldBytes || len(n.all) > maxNamed {
				t.Fatalf("%d bytes, %d containers", n.held, len(n.all))
			}
		}
		if err := n.end(); err != nil {
			t.Fatal(err)
		}
		if rows != many {
			t.Errorf("%d rows of %d", rows, many)
		}
	})
}

// Announce tells of nothing.
func (s slowRuntime) Announce(context.Context, func(string)) error { return nil }
