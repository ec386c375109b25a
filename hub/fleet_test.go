package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/inventory"
	"github.com/lynceus-io/lynceus/store/clusters"
	"github.com/lynceus-io/lynceus/store/state"
)

// heap keeps what is published.
type heap struct {
	batches [][]byte
	err     error
}

func (h *heap) Partitions() int { return 1 }

func (h *heap) Publish(_ context.Context, _ int, payload []byte) (uint64, error) {
	if h.err == nil {
		h.batches = append(h.batches, payload)
	}
	return 0, h.err
}

func newTestFleet(tb testing.TB, now *time.Time) (*fleet, *heap) {
	tb.Helper()
	events, err := bus.Open(tb.Context(), bus.Options{Dir: tb.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { events.Close() })
	clock := func() time.Time { return *now }
	book, err := clusters.Open(tb.Context(), state.New(events.JetStream(), state.Options{}), clock)
	if err != nil {
		tb.Fatal(err)
	}
	h := &heap{}
	return newFleet(book, h, nil, nil, []byte("key"), clock), h
}

// batchOf makes a batch of events.
func batchOf(tb testing.TB, fill ...func(*event.Event)) []byte {
	tb.Helper()
	var b wire.Builder
	b.Reset("somewhere", 1)
	for _, f := range fill {
		var e event.Event
		f(&e)
		if err := b.Add(&e); err != nil {
			tb.Fatal(err)
		}
	}
	return b.AppendTo(nil)
}

func podRow(change func(*inventory.Object)) func(*event.Event) {
	return func(e *event.Event) {
		o := inventory.Object{
			Cluster: "forged", ClusterUID: "forged", Time: 5, Change: inventory.Added, Version: "v1", Resource: "pods", Kind: "Pod", Namespace: "ns", Name: "p", UID: "u",
			Document: []byte(`{"spec":{"containers":[{"args":["--password=hunter2hunter2"]}]}}`),
		}
		if change != nil {
			change(&o)
		}
		inventory.Fill(e, &o, inventory.Group{})
		event.MetadataSource.Set(e, "forged")
		event.ReceivedTime.Set(e, 1)
	}
}

// What an agent does not see is told as a list, also where it says nothing of it.
func TestFleetOfAgentThatSeesAll(t *testing.T) {
	now := time.Unix(1e9, 0)
	f, _ := newTestFleet(t, &now)
	if _, err := f.Hello(t.Context(), "prod", api.AgentHello{UID: "uid-1"}); err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(f.Clusters()); err != nil || !strings.Contains(string(text), `"unseen":[]`) {
		t.Errorf("%s %v", text, err)
	}
}

func TestFleetTakes(t *testing.T) {
	now := time.Unix(1e9, 0)
	f, h := newTestFleet(t, &now)
	if _, err := f.Hello(t.Context(), "prod", api.AgentHello{UID: "uid-1", Unseen: []string{strings.Repeat("x", 1000)}}); err != nil {
		t.Fatal(err)
	}
	n, err := f.Take(t.Context(), "prod", "uid-1", batchOf(t, podRow(nil), podRow(func(o *inventory.Object) { o.UID = "v" })))
	if err != nil || n != 2 || len(h.batches) != 1 {
		t.Fatalf("%d rows in %d batches: %v", n, len(h.batches), err)
	}
	var d wire.Decoder
	header, err := d.Open(h.batches[0])
	if err != nil || header.Source != "agent/prod" {
		t.Fatalf("%+v %v", header, err)
	}
	var e event.Event
	for err = d.Next(&e); err == nil; err = d.Next(&e) {
		if event.K8sCluster.Get(&e) != "prod" || event.K8sClusterUID.Get(&e) != "uid-1" || event.MetadataSource.Get(&e) != "agent/prod" ||
			event.ReceivedTime.Get(&e) != 1e18 || event.Time.Get(&e) != 5 || strings.Contains(string(e.Raw), "hunter2") {
			t.Errorf("%s %s", event.K8sCluster.Get(&e), e.Raw)
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if c := f.Clusters(); len(c) != 1 || c[0].Agent.Rows != 2 || len(c[0].Agent.Unseen[0]) > maxUnseenText {
		t.Errorf("%+v", c)
	}
	empty := batchOf(t)
	if n, err := f.Take(t.Context(), "prod", "uid-1", empty); n != 0 || err != nil || len(h.batches) != 1 {
		t.Errorf("an empty batch: %d %v", n, err)
	}
	audit := func(e *event.Event) { e.Reset(event.ClassAudit) }
	refused := []struct {
		bound, uid string
		batch      []byte
		want       error
	}{
		{"prod", "uid-1", batchOf(t, audit), api.ErrBatch},
		{"prod", "uid-1", batchOf(t, podRow(nil), audit), api.ErrBatch},
		{"prod", "uid-1", batchOf(t, podRow(func(o *inventory.Object) { o.Document = []byte("{") })), api.ErrBatch},
		{"prod", "uid-1", batchOf(t, podRow(func(o *inventory.Object) { o.Name = "" })), api.ErrBatch},
		{"dev", "uid-1", empty, api.ErrOtherCluster},
		{"prod", "uid-2", empty, clusters.ErrUnknown},
	}
	for i, tt := range refused {
		if _, err := f.Take(t.Context(), tt.bound, tt.uid, tt.batch); !errors.Is(err, tt.want) || len(h.batches) != 1 {
			t.Errorf("%d: %v, want %v", i, err, tt.want)
		}
	}
	h.err = fmt.Errorf("x: %w", bus.ErrFull)
	if _, err := f.Take(t.Context(), "prod", "uid-1", batchOf(t, podRow(nil))); !errors.Is(err, bus.ErrFull) {
		t.Error(err)
	}
}

func TestFleetSilence(t *testing.T) {
	now := time.Unix(1e9, 0)
	f, _ := newTestFleet(t, &now)
	expect := func(want string) {
		t.Helper()
		got := strings.Join(texts(f.problems()), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("problems %q, want %q", got, want)
		}
	}
	hello := func(h api.AgentHello) api.AgentWelcome {
		t.Helper()
		c, err := f.Hello(t.Context(), "", h)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := hello(api.AgentHello{UID: "12345678-9"}); c.Name != "cluster-12345678" {
		t.Errorf("%+v", c)
	}
	if c := hello(api.AgentHello{UID: "12345678-9", Name: "prod"}); c.Name != "prod" {
		t.Errorf("%+v", c)
	}
	if c := hello(api.AgentHello{UID: "12345678-9"}); c.Name != "prod" {
		t.Errorf("a name is forgotten: %+v", c)
	}
	expect("")
	hello(api.AgentHello{UID: "12345678-9", Unseen: []string{"secrets: forbidden"}})
	expect("the agent of cluster prod does not see secrets: forbidden")
	now = now.Add(2 * time.Minute)
	expect("the agent of cluster prod is silent for 2m0s")
	f.agents = map[string]*api.AgentStatus{} // as after a restart, and the agent stays away
	expect("was not heard of since this server started")
	if _, err := f.Hello(t.Context(), "dev", api.AgentHello{UID: "other", Name: "prod"}); !errors.Is(err, api.ErrOtherCluster) {
		t.Error(err)
	}
	if _, err := f.Hello(t.Context(), "prod", api.AgentHello{UID: "other"}); !errors.Is(err, clusters.ErrTaken) {
		t.Error(err)
	}
	if _, err := f.Hello(t.Context(), "dev", api.AgentHello{UID: "12345678-9"}); !errors.Is(err, api.ErrOtherCluster) {
		t.Errorf("an agent of another cluster took this one over: %v", err)
	}
	if w := hello(api.AgentHello{UID: "12345678-9"}); w.RequestKey != f.requestKey("12345678-9", "prod") || w.RequestKey == f.requestKey("12345678-9", "dev") {
		t.Errorf("key %x", w.RequestKey)
	}
	if _, err := f.Forget(t.Context(), "12345678-9", "ann"); err != nil {
		t.Error(err)
	}
	expect("")
}

func FuzzFleetTake(f *testing.F) {
	now := time.Unix(1e9, 0)
	fl, h := newTestFleet(f, &now)
	if _, err := fl.Hello(f.Context(), "prod", api.AgentHello{UID: "uid-1"}); err != nil {
		f.Fatal(err)
	}
	f.Add(batchOf(f, podRow(nil)))
	f.Add(batchOf(f))
	f.Fuzz(func(t *testing.T, batch []byte) {
		h.batches = h.batches[:0]
		n, err := fl.Take(t.Context(), "prod", "uid-1", batch)
		if err != nil {
			return
		}
		var d wire.Decoder
		var e event.Event
		for _, b := range h.batches {
			if _, err := d.Open(b); err != nil {
				t.Fatal(err)
			}
			for d.Next(&e) == nil {
				n--
				if e.Class != event.ClassInventory || event.K8sClusterUID.Get(&e) != "uid-1" {
					t.Fatalf("%v of cluster %q", e.Class, event.K8sClusterUID.Get(&e))
				}
			}
		}
		if n != 0 {
			t.Fatalf("%d rows are missing", n)
		}
	})
}

// Trials that an agent tells of anew are noted, and an agent is asked for them where somebody looks for them.
func TestFleetTrials(t *testing.T) {
	now := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	f, _ := newTestFleet(t, &now)
	hello := func(trials int64) bool {
		t.Helper()
		w, err := f.Hello(t.Context(), "prod", api.AgentHello{UID: "uid-1", Trials: trials})
		if err != nil {
			t.Fatal(err)
		}
		return w.Trials
	}
	if hello(0) {
		t.Error("the agent is asked for what nobody looks for")
	}
	var tried []string
	f.tried = func(cluster string) { tried = append(tried, cluster) }
	if !hello(0) || len(tried) != 0 {
		t.Errorf("tried: %q", tried)
	}
	for i, n := range []int64{1, 1, 2, 1, 0, 1} { // the last three: it began anew twice
		hello(n)
		if want := []int{1, 1, 2, 3, 3, 4}[i]; len(tried) != want || tried[0] != "prod" {
			t.Errorf("after %d: tried %q, want %d", n, tried, want)
		}
	}
}
