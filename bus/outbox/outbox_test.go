package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/spool"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// hub is a road to a hub that keeps each batch once, by the highest number of its lane and epoch. Its errors come from fail.
type hub struct {
	mu      sync.Mutex
	highest map[string]uint64
	got     []event.Event
	lanes   []peer.Lane
	sizes   []int
	fail    func() (taken bool, err error)
}

func (h *hub) Wait(context.Context) error { return nil }

func (h *hub) Send(_ context.Context, lane peer.Lane, epoch string, sequence uint64, payload []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	taken, err := true, error(nil)
	if h.fail != nil {
		taken, err = h.fail()
	}
	key := string(lane) + epoch
	if !taken || sequence <= h.highest[key] {
		return err
	}
	h.highest[key] = sequence
	var d wire.Decoder
	if _, err := d.Open(payload); err != nil {
		return fmt.Errorf("%w: %w", link.ErrRefused, err)
	}
	n := 0
	for {
		var e event.Event
		if err := d.Next(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		h.got = append(h.got, *e.Clone())
		n++
	}
	h.lanes, h.sizes = append(h.lanes, lane), append(h.sizes, n)
	return err
}

func newHub() *hub { return &hub{highest: map[string]uint64{}} }

func open(t *testing.T, dir string, bytes int64) *Outbox {
	t.Helper()
	b, _, err := Open(Options{Spool: spool.Options{Dir: dir, Bytes: bytes}, Source: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// row puts an event that says its number.
func row(t *testing.T, b *Outbox, class event.Class, container string, n int, size int) {
	t.Helper()
	var e event.Event
	e.Reset(class)
	event.MetadataUID.Set(&e, fmt.Sprint(n))
	event.ContainerUID.Set(&e, container)
	event.Message.Set(&e, strings.Repeat("x", size))
	if err := b.Put(queue.Of(&e), wire.AppendEvent(nil, &e)); err != nil {
		t.Fatal(err)
	}
}

// run runs the outbox until the end of the test.
func run(t *testing.T, b *Outbox, h *hub) (said func() []string) {
	ctx, stop := context.WithCancel(t.Context())
	var list []string
	done := make(chan error, 1)
	go func() {
		done <- b.Run(ctx, h, func(err error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			list = append(list, err.Error())
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return func() []string {
		h.mu.Lock()
		defer h.mu.Unlock()
		return slices.Clone(list)
	}
}

func drain(t *testing.T, b *Outbox) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := b.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

// Whatever the hub answers, each event is there once at the end, and those of a container are in order.
func TestEachOnce(t *testing.T) {
	b, h := open(t, t.TempDir(), 0), newHub()
	h.fail = func() (bool, error) {
		switch rand.IntN(8) {
		case 0:
			return true, fmt.Errorf("the answer did not come: %w", link.ErrAway)
		case 1:
			return false, &link.BusyError{After: time.Millisecond}
		}
		return true, nil
	}
	run(t, b, h)
	const rows = 3000
	for i := range rows {
		row(t, b, []event.Class{event.ClassProcess, event.ClassProcess, event.ClassFinding, event.ClassHealth}[i%4], fmt.Sprint("c", i%3), i, 300)
		if i%50 == 0 {
			if err := b.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	drain(t, b)
	last, count := map[string]int{}, map[string]int{}
	for _, e := range h.got {
		var n int
		_, _ = fmt.Sscan(event.MetadataUID.Get(&e), &n)
		key := event.ContainerUID.Get(&e) + e.Class.String()
		if n < last[key] {
			t.Fatalf("%d after %d of %s", n, last[key], key)
		}
		last[key] = n
		count[event.MetadataUID.Get(&e)]++
	}
	if len(h.got) != rows || len(count) != rows {
		t.Errorf("%d events, %d of them different, want %d", len(h.got), len(count), rows)
	}
}

// What waited while the hub was away comes with findings first, and from an outbox of the same directory, too.
func TestAwayAndAgain(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, 0)
	row(t, b, event.ClassProcess, "c", 1, 10)
	row(t, b, event.ClassHealth, "", 2, 10)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b, h := open(t, dir, 0), newHub()
	row(t, b, event.ClassProcess, "c", 3, 10)
	row(t, b, event.ClassFinding, "c", 4, 10)
	if err := b.sealAll(0); err != nil {
		t.Fatal(err)
	}
	run(t, b, h)
	drain(t, b)
	var order []string
	for _, e := range h.got {
		order = append(order, event.MetadataUID.Get(&e))
	}
	if got := strings.Join(order, " "); got != "4 2 1 3" {
		t.Error(got)
	}
}

// What the hub refuses is told, counted and not sent again.
func TestRefused(t *testing.T) {
	b, h := open(t, t.TempDir(), 0), newHub()
	refuse := true
	h.fail = func() (bool, error) {
		if refuse {
			refuse = false
			return false, fmt.Errorf("poison: %w", link.ErrRefused)
		}
		return true, nil
	}
	row(t, b, event.ClassFinding, "c", 1, 10)
	_ = b.Flush()
	row(t, b, event.ClassFinding, "c", 2, 10)
	said := run(t, b, h)
	drain(t, b)
	if len(h.got) != 1 || event.MetadataUID.Get(&h.got[0]) != "2" || len(said()) != 1 {
		t.Errorf("%d events, %q", len(h.got), said())
	}
	if lost := b.TakeLost(); len(lost) != 1 || lost[0].Events != 1 || lost[0].Class != event.ClassFinding || lost[0].Container != "c" {
		t.Errorf("%+v", lost)
	}
}

// A container that floods fills batches of its own, which are given up before what others do.
func TestFlood(t *testing.T) {
	b, h := open(t, t.TempDir(), spool.MinBytes), newHub()
	noise := make([]byte, 4000)
	n, quiet := 0, 0
	for i := range 12_000 {
		n++
		for j := range noise { // what cannot be compressed
			noise[j] = byte('!' + rand.IntN(90))
		}
		var e event.Event
		e.Reset(event.ClassFile)
		event.ContainerUID.Set(&e, "flood")
		event.Message.Set(&e, string(noise))
		if err := b.Put(queue.Of(&e), wire.AppendEvent(nil, &e)); err != nil {
			t.Fatal(err)
		}
		if i%20 == 0 {
			quiet++
			row(t, b, event.ClassFile, fmt.Sprint("quiet", i%100), n, 10)
		}
	}
	run(t, b, h)
	drain(t, b)
	shed := map[string]uint64{}
	for _, s := range b.TakeShed() {
		shed[s.Container] += s.Events
	}
	kept := 0
	for _, e := range h.got {
		if event.ContainerUID.Get(&e) != "flood" {
			kept++
		}
	}
	var lost uint64
	for c, n := range shed {
		if c != "flood" {
			lost += n
		}
	}
	if kept+int(lost) != quiet || lost > uint64(quiet)/50 || shed["flood"] == 0 || len(h.got)-kept+int(shed["flood"]) != 12_000 {
		t.Errorf("%d of %d quiet events are there, %v were given up", kept, quiet, shed)
	}
}

// Findings leave at once; events wait for others, but not for long.
func TestLinger(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := open(t, dir, 0)
		row(t, b, event.ClassProcess, "c", 1, 10)
		row(t, b, event.ClassFinding, "c", 2, 10)
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := b.Stats(); got.Put != 1 {
			t.Errorf("%+v", got)
		}
		time.Sleep(Linger / 2)
		row(t, b, event.ClassProcess, "c", 3, 10)
		time.Sleep(Linger/2 + time.Millisecond)
		synctest.Wait()
		if got := b.Stats(); got.Put != 2 {
			t.Errorf("%+v", got)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLarge(t *testing.T) {
	b := open(t, t.TempDir(), 0)
	row(t, b, event.ClassProcess, "c", 1, MaxEvent+1)
	if got := b.Stats(); got.Large != 1 {
		t.Errorf("%+v", got)
	}
}

// BenchmarkEvent is what an event costs on its way through sealing, spool and sending, without encoding it.
func BenchmarkEvent(b *testing.B) {
	box, _, err := Open(Options{Spool: spool.Options{Dir: b.TempDir()}, Source: "bench", Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer box.Close()
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	go func() { _ = box.Run(ctx, nowhere{}, func(error) {}) }()
	var e event.Event
	e.Reset(event.ClassProcess)
	event.ContainerUID.Set(&e, strings.Repeat("c", 64))
	event.ProcessCmdLine.Set(&e, strings.Repeat("some arguments ", 20))
	it, data := queue.Of(&e), wire.AppendEvent(nil, &e)
	b.ReportAllocs()
	for b.Loop() {
		if err := box.Put(it, data); err != nil {
			b.Fatal(err)
		}
	}
}

// nowhere takes all.
type nowhere struct{}

func (nowhere) Wait(context.Context) error                                    { return nil }
func (nowhere) Send(context.Context, peer.Lane, string, uint64, []byte) error { return nil }
