//go:build cgo

package hub

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/internal/require"
)

// What cannot be read comes at the gate and on the bus, again and again, between what can: it is refused or put aside, and
// counted, once; all else is found.
func TestFaultPoison(t *testing.T) { poisonFault(t, 3*time.Second) }

func TestSoakFaultPoison(t *testing.T) {
	require.Soak(t)
	poisonFault(t, 5*time.Minute)
}

func poisonFault(t *testing.T, long time.Duration) {
	t.Parallel()
	dir := t.TempDir()
	u := gated(t, dir)
	_, p := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", By: "test"})
	p.Node = "sound"
	s := sensorFor(t, sensorOptions{hub: u.Address(), node: p.Node, proof: p, dir: t.TempDir()})
	p.Node = "poisoner"
	l := connect(t, u, p, nil)
	moves(t, s)
	bad := poisons(t)
	refused, aside := 0, 0
	for n, until := 1, time.Now().Add(long); time.Now().Before(until) || n <= len(bad); n++ {
		payload := bad[n%len(bad)]
		if err := l.Send(t.Context(), peer.Events, "epoch", uint64(n), payload); err == nil {
			t.Errorf("the gate takes %.40q", payload)
		}
		refused++
		o := bus.Origin{Source: "poisoner/events", Epoch: "epoch", Sequence: uint64(n)}
		if _, err := u.bus.PublishFrom(t.Context(), 0, o, payload); err != nil {
			t.Fatal(err)
		}
		aside++
		time.Sleep(20 * time.Millisecond)
	}
	allThere(t, u, finish(t, s))
	until(t, time.Minute, "not all is put aside", func() bool { return u.consumer.Counts.Quarantined.Load() >= int64(aside) })
	if n := u.consumer.Counts.Quarantined.Load(); n != int64(aside) {
		t.Errorf("%d batches are counted, %d were put aside", n, aside)
	}
	list, err := u.bus.Quarantined(t.Context(), 2*aside)
	if err != nil || len(list) != aside {
		t.Errorf("%d batches are in quarantine, want %d; %v", len(list), aside, err)
	}
	for _, x := range u.peers.intake.all() {
		if want := map[string]int64{"sound": 0, "poisoner": int64(refused)}[x.name.Node]; x.refused != want {
			t.Errorf("of node %s %d batches are told to be refused, want %d", x.name.Node, x.refused, want)
		}
	}
	if told := strings.Join(u.problems(t.Context()), "\n"); !strings.Contains(told, fmt.Sprintf("%d batches could not be read", aside)) {
		t.Errorf("the status says %q", told)
	}
	until(t, time.Minute, "it comes again", func() bool {
		lag, err := u.bus.Lag(t.Context(), consumerName, 0)
		return err == nil && lag.Messages == 0
	})
}

// poisons are batches that cannot be read: no batch at all, one that was cut off or changed, and some whose checksum is right
// and in which something is no event, or none that this program knows.
func poisons(t *testing.T) [][]byte {
	t.Helper()
	sound := rowsOf(t, event.ClassProcess, "a", "b", "c")
	changed := append([]byte{}, sound...)
	changed[len(changed)/2] ^= 1
	out := [][]byte{[]byte("no batch"), {0}, sound[:len(sound)-1], sound[:len(sound)/2], changed}
	var e event.Event
	e.Reset(event.ClassProcess)
	event.MetadataUID.Set(&e, "x")
	whole := wire.AppendEvent(nil, &e)
	for _, data := range [][]byte{[]byte("no event"), whole[:len(whole)-1], append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, whole...), {}} {
		var b wire.Builder
		b.Reset("poisoner", 1)
		if err := b.AddEncoded(data); err != nil {
			t.Fatal(err)
		}
		out = append(out, b.AppendTo(nil))
	}
	return out
}

// Events that can be read and are as strange as can be stop nothing either.
func TestFaultStrangeEvents(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	u := gated(t, dir)
	_, p := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	l := connect(t, u, p, nil)
	rows := 0
	for n, at := range []int64{0, -1, 1 << 62, -1 << 62, 1<<63 - 1, -1 << 63} {
		var b wire.Builder
		b.Reset("strange", at)
		for _, class := range []event.Class{event.ClassProcess, event.ClassFile} {
			for _, text := range []string{"", "\x00\xff\xfe", strings.Repeat("x", 100<<10), "%s{{.}}`'\"\n\r\u202e"} {
				var e event.Event
				e.Reset(class)
				event.MetadataUID.Set(&e, fmt.Sprint("u", at, class, len(text), text[:min(len(text), 3)]))
				event.Time.Set(&e, at)
				event.ReceivedTime.Set(&e, at)
				event.K8sPod.Set(&e, text)
				event.ContainerUID.Set(&e, text)
				event.ProcessCmdLine.Set(&e, text)
				event.MetadataRevision.Set(&e, at)
				if err := b.Add(&e); err != nil {
					t.Fatal(err)
				}
				rows++
			}
		}
		if err := l.Send(t.Context(), peer.Events, "epoch", uint64(n+1), b.AppendTo(nil)); err != nil {
			t.Fatal(err)
		}
	}
	s := sensorFor(t, sensorOptions{hub: u.Address(), node: "n1", proof: p, dir: t.TempDir()})
	moves(t, s)
	allThere(t, u, finish(t, s)+int64(rows))
}
