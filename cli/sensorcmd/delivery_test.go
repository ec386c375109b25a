//go:build linux

package sensorcmd

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/spool"
	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/collect/sensor/stream"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// turnstile is an outlet that takes nothing until it is opened.
type turnstile struct {
	open chan struct{}
	got  []string
	err  error
}

func (g *turnstile) put(_ queue.Item, data []byte) error {
	<-g.open
	g.got = append(g.got, string(data))
	return g.err
}

func (g *turnstile) flush() error { return nil }

// An outlet that stalls holds nobody up: events are given up and counted, and the rest comes when it goes on.
func TestStalledOutlet(t *testing.T) {
	g := &turnstile{open: make(chan struct{})}
	d := newDelivery(g, 64<<10)
	d.begin()
	for i := range 10_000 {
		if err := d.put(queue.Item{Container: "flood"}, fmt.Appendf(nil, "%d", i)); err != nil {
			t.Fatal(err)
		}
		if i%1000 == 0 {
			if err := d.put(queue.Item{Container: "quiet"}, fmt.Appendf(nil, "quiet %d", i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(g.open)
	if err := d.end(); err != nil {
		t.Fatal(err)
	}
	c := d.queue.Counts()
	if c.Shed == 0 || c.Put != 10_010 || c.Taken != uint64(len(g.got)) || c.Taken+c.Shed != c.Put {
		t.Errorf("%+v", c)
	}
	if quiet := strings.Count(strings.Join(g.got, "\n"), "quiet"); quiet != 10 {
		t.Errorf("%d of 10 quiet events", quiet)
	}
}

func TestFailedOutlet(t *testing.T) {
	g := &turnstile{open: make(chan struct{}), err: errors.New("broken")}
	close(g.open)
	d := newDelivery(g, 0)
	d.begin()
	if err := d.put(queue.Item{}, []byte("x")); err != nil {
		t.Fatal(err)
	}
	_ = d.flush()
	<-d.done
	if err := d.put(queue.Item{}, []byte("y")); !errors.Is(err, g.err) {
		t.Error(err)
	}
	if err := d.end(); !errors.Is(err, g.err) {
		t.Error(err)
	}
}

// receiver is the other end of a stream, which decodes what comes.
func receiver(t *testing.T) (w *writer, events func() []event.Event) {
	t.Helper()
	a, b, err := stream.Pair()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := stream.Dial(a)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := stream.Dial(b)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = a.Close(), b.Close()
	var out []event.Event
	done := make(chan error, 1)
	go func() {
		r := stream.NewReceiver(theirs)
		for {
			n, batch, err := r.Receive()
			if errors.Is(err, stream.ErrGone) {
				done <- nil
				return
			}
			if err == nil {
				out, err = decode(out, batch)
			}
			if err == nil {
				err = r.Answer(n)
			}
			if err != nil {
				done <- err
				return
			}
		}
	}()
	w = newStreamWriter(ours, time.Now)
	w.begin()
	return w, func() []event.Event {
		if err := errors.Join(w.end(), ours.Close(), <-done, theirs.Close()); err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func decode(dst []event.Event, batch []byte) ([]event.Event, error) {
	var d wire.Decoder
	h, err := d.Open(batch)
	for i := 0; err == nil && i < h.Events; i++ {
		var e event.Event
		if err = d.Next(&e); err == nil {
			dst = append(dst, e)
		}
	}
	return dst, err
}

func TestStreamWriter(t *testing.T) {
	w, events := receiver(t)
	var e event.Event
	for i := range 5000 {
		e.Reset(event.ClassProcess)
		event.ProcessPID.Set(&e, int64(i))
		event.ProcessCmdLine.Set(&e, strings.Repeat("x", i%500))
		if err := w.Event(&e); err != nil {
			t.Fatal(err)
		}
	}
	event.ProcessCmdLine.Set(&e, strings.Repeat("x", stream.MaxBody))
	if err := errors.Join(w.Event(&e), w.Idle()); err != nil {
		t.Fatal(err)
	}
	got := events()
	if len(got) != 5000 || w.large() != 1 {
		t.Fatalf("%d events, %d too large", len(got), w.large())
	}
	for i := range got {
		if pid, _ := event.ProcessPID.Get(&got[i]); pid != int64(i) {
			t.Fatalf("event %d is of %d", i, pid)
		}
	}
}

func TestReporter(t *testing.T) {
	now := time.Unix(1e9, 0)
	r := newReporter(sensor.Node{Name: "n1", UID: "u1"}, now.Add(-time.Minute))
	var got []event.Event
	uids := map[string]bool{}
	put := func(e *event.Event) error {
		got = append(got, *e)
		uids[event.MetadataUID.Get(e)] = true
		return nil
	}
	shed := []queue.Shed{{Pod: "p", Container: "c", Class: event.ClassFile, Events: 3}, {Others: true, Class: event.ClassFile, Events: 1}, {Class: event.ClassFile, Events: 1}}
	s := &sights{stats: &sensor.Stats{Rows: 10, Malformed: 2, Unnamed: 1}, queue: queue.Counts{Shed: 5, Held: 50}, large: 1, shed: shed}
	s.way = &way{
		shed:   []spool.Share{{Pod: "p", Container: "c", Class: event.ClassFile, Events: 7}},
		lost:   []spool.Share{{Pod: "q", Container: "d", Class: event.ClassDNS, Events: 2}},
		offset: &peer.Offset{Ahead: -3 * time.Second},
	}
	s.way.outbox.Shed, s.way.outbox.Lost, s.way.outbox.Batches, s.way.outbox.Disk, s.way.outbox.Oldest = 7, 2, 1, 1000, now.Add(-time.Hour)
	if err := r.report(now, s, put); err != nil {
		t.Fatal(err)
	}
	s.shed, s.way.shed, s.way.lost = nil, nil, nil
	if err := r.report(now.Add(time.Minute), s, put); err != nil {
		t.Fatal(err)
	}
	if len(got) != 6 || len(uids) != 6 {
		t.Fatalf("%d rows of %d names", len(got), len(uids))
	}
	for i, want := range []string{
		"the node sensor saw 10 events, lost 4 records, gave up 13 events",
		"10 events of table file went missing of container c",
		"2 events of table dns went missing of container d",
		"1 events of table file went missing of containers that are not counted one by one",
		"1 events of table file went missing of the node's own processes",
		"the node sensor saw 0 events, lost 0 records, gave up 0 events",
	} {
		if m := event.Message.Get(&got[i]); m != want {
			t.Errorf("row %d: %s", i, m)
		}
	}
	if event.Status.Get(&got[0]) != "Failure" || event.Status.Get(&got[5]) != "Success" || event.K8sNode.Get(&got[0]) != "n1" || event.K8sPodUID.Get(&got[1]) != "p" {
		t.Error("rows say the wrong things")
	}
	a, ok := coverage.Read(&got[0])
	want := [coverage.Hops]int64{coverage.Parse: 2, coverage.Queue: 6, coverage.Spool: 9}
	if !ok || a.Missing != want || a.Waiting != 1050 || a.Offset != -3*time.Second || !a.Oldest.Equal(now.Add(-time.Hour)) || !a.From.Equal(now.Add(-time.Minute)) || a.Unresolved != 1 {
		t.Errorf("%+v", a)
	}
	if a, ok := coverage.Read(&got[5]); !ok || a.Gone() != 0 || !a.From.Equal(now) {
		t.Errorf("%+v", a)
	}
}
