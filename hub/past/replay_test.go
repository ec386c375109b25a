package past

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/lake"
)

// at is when the events of the tests happen.
var at = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

// fill appends n events to a lake, in as many segments as there are seeds:
// requests and processes, about in order of time, with stragglers that are
// hours late, and a second revision of some.
func fill(t *testing.T, n int, seeds ...uint64) (*lake.Lake, int) {
	t.Helper()
	l, _, err := lake.Open(t.Context(), lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	rows := 0
	hasher := event.NewUIDHasher()
	var e event.Event
	for i, seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 0))
		a := l.Begin("test", uint64(i+1), uint64(i+1))
		for j := range n {
			when := at.Add(time.Duration(i*n+j)*time.Second - time.Duration(r.IntN(5))*time.Second)
			if r.IntN(50) == 0 {
				when = when.Add(-5 * time.Hour)
			}
			uid := hasher.Sum("test", fmt.Sprint(i, j))
			stages := []string{"ResponseComplete"}
			if r.IntN(4) == 0 {
				stages = []string{"RequestReceived", "ResponseComplete"}
			}
			if r.IntN(3) == 0 {
				e.Reset(event.ClassProcess)
				event.ProcessCmdLine.Set(&e, "sh")
				stages = stages[:1]
			} else {
				e.Reset(event.ClassAudit)
			}
			for k, stage := range stages {
				if e.Class == event.ClassAudit {
					e.Raw = fmt.Appendf(nil, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"%d-%d","stage":%q,"verb":"","user":{"username":"jane"},"stageTimestamp":%q}`, i, j, stage, when.Format(time.RFC3339Nano))
					event.AuditStage.Set(&e, stage)
				}
				event.Time.Set(&e, when.UnixNano())
				event.ReceivedTime.Set(&e, at.UnixNano()+int64(i*n+j))
				event.MetadataUID.Set(&e, uid.String())
				event.MetadataRevision.Set(&e, int64(k))
				event.MetadataSource.Set(&e, "a.log")
				event.K8sCluster.Set(&e, "prod")
				if err := a.Add(&e); err != nil {
					t.Fatal(err)
				}
				rows++
			}
		}
		if err := a.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return l, rows
}

// All events come once, in order, whatever the size of windows.
func TestReplayOrder(t *testing.T) {
	l, want := fill(t, 500, 1, 2, 3, 4)
	for _, size := range []int64{0, 64 << 10, 24 << 10} {
		o := Options{Lake: l, Tables: []event.Class{event.ClassAudit, event.ClassProcess}, From: math.MinInt64, To: math.MaxInt64, Bytes: size}
		got, revised := map[string]bool{}, map[string]string{}
		last, lastUID := int64(math.MinInt64), event.UID{}
		c, err := Replay(t.Context(), o, func(e *event.Event, uid event.UID) error {
			when := event.Time.Get(e)
			if when < last || when == last && bytes.Compare(uid[:], lastUID[:]) < 0 {
				t.Fatalf("%d bytes: %s comes after %s", size, time.Unix(0, when), time.Unix(0, last))
			}
			key := uid.String()
			switch e.Class {
			case event.ClassAudit:
				stage := event.AuditStage.Get(e)
				if revised[key] != "" && revised[key] > stage {
					t.Fatalf("the stages of %s come in the wrong order", key)
				}
				revised[key] = stage
				if !event.APIOperation.Has(e) || event.ActorUserName.Get(e) != "jane" || event.K8sCluster.Get(e) != "prod" || event.MetadataSource.Get(e) != "a.log" {
					t.Fatalf("an event is not what was stored: %s", e.Raw)
				}
				key += stage
			default:
				if event.ProcessCmdLine.Get(e) != "sh" {
					t.Fatal("a process has no command line")
				}
			}
			if got[key] {
				t.Fatalf("%s came twice", key)
			}
			got[key] = true
			last, lastUID = when, uid
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != want || c.Events != int64(want) || c.Unreadable != 0 || c.Last != last {
			t.Errorf("%d bytes: %d events, counts %+v", size, len(got), c)
		}
	}
}

func TestReplayBounds(t *testing.T) {
	l, _ := fill(t, 300, 1, 2)
	from, to := at.Add(100*time.Second), at.Add(200*time.Second)
	n := 0
	_, err := Replay(t.Context(), Options{Lake: l, Tables: []event.Class{event.ClassAudit, event.ClassProcess}, From: from.UnixNano(), To: to.UnixNano(), Bytes: 8 << 10}, func(e *event.Event, _ event.UID) error {
		n++
		if when := time.Unix(0, event.Time.Get(e)); when.Before(from) || when.After(to) {
			t.Errorf("an event of %s", when)
		}
		return nil
	})
	if err != nil || n < 90 {
		t.Errorf("%d events, %v", n, err)
	}
	if c, err := Replay(t.Context(), Options{Lake: l, Tables: []event.Class{event.ClassDNS}, From: math.MinInt64, To: math.MaxInt64}, nil); err != nil || c.Events != 0 {
		t.Errorf("an empty table: %+v, %v", c, err)
	}
}

func TestReplayEnds(t *testing.T) {
	l, _ := fill(t, 500, 1, 2)
	o := Options{Lake: l, Tables: []event.Class{event.ClassAudit}, From: math.MinInt64, To: math.MaxInt64, Bytes: 8 << 10}
	stop := errors.New("enough")
	n := 0
	if _, err := Replay(t.Context(), o, func(*event.Event, event.UID) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("after %d events: %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Replay(ctx, o, func(*event.Event, event.UID) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestWindowOfOneMoment(t *testing.T) {
	var w window
	w.reset(4 << 10)
	w.end = math.MaxInt64
	var e event.Event
	e.Reset(event.ClassProcess)
	event.Time.Set(&e, 7)
	err := error(nil)
	n := 0
	for ; err == nil && n < 10_000; n++ {
		event.MetadataUID.Set(&e, fmt.Sprintf("%032x", n))
		err = w.add(&e)
	}
	if err == nil || w.size() > 2*maxGrowth*w.bytes {
		t.Errorf("%d events of one moment in %d bytes: %v", n, w.size(), err)
	}
}

func TestUnreadable(t *testing.T) {
	l, _, err := lake.Open(t.Context(), lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a := l.Begin("test", 1, 1)
	var e event.Event
	for i, raw := range []string{"", "{", `{"kind":"Pod"}`} {
		e.Reset(event.ClassAudit)
		e.Raw = []byte(raw)
		event.Time.Set(&e, at.UnixNano())
		event.MetadataUID.Set(&e, fmt.Sprint(i))
		if err := a.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := Replay(t.Context(), Options{Lake: l, Tables: []event.Class{event.ClassAudit}, From: math.MinInt64, To: math.MaxInt64}, func(*event.Event, event.UID) error { return nil })
	if err != nil || c.Unreadable != 3 || c.Events != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}
