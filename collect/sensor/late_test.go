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

// slowPods knows the pod "u" after a time.
type slowPods time.Time

func (s slowPods) Pod(ctx context.Context, uid string) (*container.Pod, error) {
	select {
	case <-time.After(time.Until(time.Time(s))):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p := s.Known(uid); p != nil {
		return p, nil
	}
	return nil, errors.New("not known")
}

func (s slowPods) Known(uid string) *container.Pod {
	if uid != "u" || time.Now().Before(time.Time(s)) {
		return nil
	}
	return &container.Pod{
		Namespace: "n", Name: "p", UID: "u", ServiceAccount: "sa", Kind: "Deployment", Workload: "web", ByName: true,
		Containers: []string{"c-x"}, Privileged: []string{"c-x"},
	}
}

func TestLateNames(t *testing.T) {
	tests := []struct {
		name          string
		runtime, pods time.Duration // when they know
		want          []string      // rows: seconds, revision, container, workload
	}{
		{"both at once", 0, 0, []string{"0 0 c-x web"}},
		{"the pod a little later", 0, 500 * time.Millisecond, []string{"0 0 c-x web"}},
		{"the pod too late", 0, 5 * time.Second, []string{"1 0 c-x ", "5 1 c-x web"}},
		{"both too late", 5 * time.Second, 6 * time.Second, []string{"1 0  ", "8 1 c-x web"}},
		{"much too late", time.Hour, time.Hour, []string{"1 0  "}},
		{"the pod alone", time.Hour, 0, []string{"1 0  web"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var got []string
				var uids []string
				n := newNaming(slowRuntime{"x": began.Add(tt.runtime)}, slowPods(began.Add(tt.pods)), time.Now, func(e *event.Event) error {
					revision, _ := event.MetadataRevision.Get(e)
					got = append(got, fmt.Sprintf("%.0f %d %s %s", time.Since(began).Truncate(500*time.Millisecond).Seconds(), revision, event.ContainerName.Get(e), event.K8sWorkload.Get(e)))
					uids = append(uids, event.MetadataUID.Get(e))
					return nil
				})
				var e event.Event
				e.Reset(event.ClassProcess)
				event.MetadataUID.Set(&e, "uid")
				event.K8sPodUID.Set(&e, "u")
				if err := n.row(&e, "x"); err != nil {
					t.Fatal(err)
				}
				for time.Since(began) < time.Minute {
					time.Sleep(10 * time.Millisecond)
					synctest.Wait()
					if err := n.answers(); err != nil {
						t.Fatal(err)
					}
				}
				if err := n.end(); err != nil {
					t.Fatal(err)
				}
				if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				for _, uid := range uids {
					if uid != "uid" {
						t.Errorf("identities %q", uids)
					}
				}
				if n.late.bytes != 0 || len(n.late.of) != 0 || n.with+n.without != 1 || n.amended != uint64(len(tt.want)-1) {
					t.Errorf("%d bytes kept, %d containers; %d with, %d without, %d amended", n.late.bytes, len(n.late.of), n.with, n.without, n.amended)
				}
			})
		})
	}
}

func TestLateIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNaming(slowRuntime{}, nil, time.Now, func(*event.Event) error { return nil })
		n.stop()
		var e event.Event
		e.Reset(event.ClassProcess)
		for i := range 200 {
			c := &named{id: fmt.Sprint(i)}
			for range 100 {
				if err := n.send(&e, c); err != nil {
					t.Fatal(err)
				}
				if len(c.late) > maxLate || n.late.bytes > maxLateBytes {
					t.Fatalf("%d rows of one container, %d bytes", len(c.late), n.late.bytes)
				}
			}
		}
		if n.late.shed == 0 {
			t.Error("nothing shed")
		}
		time.Sleep(2 * lateFor)
		if err := n.late.ask(n); err != nil {
			t.Fatal(err)
		}
		if n.late.bytes != 0 || len(n.late.of) != 0 {
			t.Errorf("%d bytes of %d containers after their time", n.late.bytes, len(n.late.of))
		}
	})
}

func TestPodWithoutContainer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got string
		n := newNaming(slowRuntime{}, slowPods(time.Now()), time.Now, func(e *event.Event) error {
			got = event.K8sPod.Get(e) + " " + event.K8sServiceAccount.Get(e) + " " + event.K8sWorkloadMethod.Get(e)
			return nil
		})
		var e event.Event
		e.Reset(event.ClassProcess)
		if err := n.podRow(&e, "u"); err != nil || got != "p n/sa name" {
			t.Errorf("%q, %v", got, err)
		}
		if err := n.end(); err != nil {
			t.Fatal(err)
		}
	})
}
