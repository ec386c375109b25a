package gate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

func TestBatchesOfManyPeers(t *testing.T) {
	h := openHub(t, nil)
	const each = 50
	names := []string{"node-1", "node-2.example.org", "Node_3", "nöde"}
	var sending sync.WaitGroup
	for _, name := range names {
		l := h.dial(t, node(name), nil)
		for _, lane := range peer.Lanes() {
			sending.Go(func() {
				for n := uint64(1); n <= each; n++ {
					if err := l.Send(t.Context(), lane, "epoch-1", n, fmt.Appendf(nil, "%s %s %d", name, lane, n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	sending.Wait()
	next := map[string]uint64{}
	for _, x := range h.all() {
		key := x.from.Key() + string(x.lane)
		next[key]++
		if want := fmt.Sprintf("%s %s %d", x.from.Node, x.lane, next[key]); x.batch.Sequence != next[key] || string(x.batch.Payload) != want || x.batch.Epoch != "epoch-1" {
			t.Fatalf("got %s %d of epoch %s, want %q", x.batch.Payload, x.batch.Sequence, x.batch.Epoch, want)
		}
	}
	if got, want := len(h.all()), each*len(names)*3; got != want {
		t.Errorf("%d batches of %d", got, want)
	}
	if c := h.Counts(); c.Batches != int64(each*len(names)*3) || c.Refused+c.Violations+c.Malformed+c.Cut != 0 {
		t.Errorf("%+v", c)
	}
}

func TestVerdictsReachThePeer(t *testing.T) {
	h := openHub(t, nil)
	l := h.dial(t, node("n"), nil)
	h.on(func(context.Context, taken) error { return &gate.Refused{Reason: "no such rows"} })
	if err := l.Send(t.Context(), peer.Events, "e", 1, []byte("x")); !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), "no such rows") {
		t.Errorf("%v", err)
	}
	h.on(func(context.Context, taken) error { return &gate.Busy{After: 2 * time.Second, Err: errors.New("full")} })
	var busy *link.BusyError
	if err := l.Send(t.Context(), peer.Events, "e", 1, []byte("x")); !errors.Is(err, link.ErrBusy) || !errors.As(err, &busy) || busy.After < time.Second || busy.After > 3*time.Second {
		t.Errorf("%v", err)
	}
	h.on(func(context.Context, taken) error { return errors.New("the disk is on fire") })
	if err := l.Send(t.Context(), peer.Events, "e", 1, []byte("x")); !errors.Is(err, link.ErrBusy) || strings.Contains(err.Error(), "fire") {
		t.Errorf("%v", err)
	}
	h.on(nil)
	if err := l.Send(t.Context(), peer.Events, "e", 1, []byte("x")); err != nil {
		t.Error(err)
	}
	if err := l.Send(t.Context(), peer.Events, "e", 2, make([]byte, peer.MaxBatch)); err != nil {
		t.Errorf("the greatest batch: %v", err)
	}
	for what, err := range map[string]error{
		"too large":  l.Send(t.Context(), peer.Events, "e", 2, make([]byte, peer.MaxBatch+1)),
		"empty":      l.Send(t.Context(), peer.Events, "e", 2, nil),
		"from 1":     l.Send(t.Context(), peer.Events, "e", 0, []byte("x")),
		"an epoch":   l.Send(t.Context(), peer.Events, "e e", 1, []byte("x")),
		"no lane \"": l.Send(t.Context(), "x", "e", 1, []byte("x")),
	} {
		if !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestTheHubGoesAndComes(t *testing.T) {
	h := openHub(t, nil)
	l := h.dial(t, node("n"), nil)
	hang := make(chan struct{})
	h.on(func(ctx context.Context, _ taken) error {
		close(hang)
		<-ctx.Done()
		return ctx.Err()
	})
	failed := make(chan error, 1)
	go func() { failed <- l.Send(t.Context(), peer.Events, "e", 1, []byte("x")) }()
	<-hang
	address := h.Address().String()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, link.ErrAway) && !errors.Is(err, link.ErrBusy) {
		t.Errorf("while it was being taken: %v", err)
	}
	eventually(t, "the link knows that the hub is away", func() bool { return !l.Connected() })
	began := time.Now()
	if err := l.Send(t.Context(), peer.Events, "e", 1, []byte("x")); !errors.Is(err, link.ErrAway) || time.Since(began) > 30*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	again, err := gate.Open(gate.Options{Listen: address, Authority: h.authority, Take: func(context.Context, peer.Name, peer.Lane, peer.Batch) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := l.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Send(t.Context(), peer.Events, "e", 1, []byte("x")); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := l.Send(t.Context(), peer.Events, "e", 2, []byte("x")); !errors.Is(err, link.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestALinkWaitsForItsHub(t *testing.T) {
	h := openHub(t, nil)
	address := h.Address().String()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	id := identity(t, h.authority, node("n"))
	l, err := link.Dial(link.Options{Gate: address, Identity: func() (*pki.Identity, error) { return id, nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.Send(t.Context(), peer.Events, "e", 1, []byte("x")); !errors.Is(err, link.ErrAway) {
		t.Errorf("%v", err)
	}
	again, err := gate.Open(gate.Options{Listen: address, Authority: h.authority, Take: func(context.Context, peer.Name, peer.Lane, peer.Batch) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := l.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Send(t.Context(), peer.Events, "e", 1, []byte("x")); err != nil {
		t.Error(err)
	}
}

func TestClocksAndPeers(t *testing.T) {
	h := openHub(t, nil)
	ahead := 90 * time.Minute
	l := h.dial(t, node("n"), func(o *link.Options) {
		o.Now = func() time.Time { return time.Now().Add(ahead) }
		o.Hello = func() peer.Hello { return peer.Hello{Version: "v1", Policy: "p7"} }
	})
	eventually(t, "the hub knows the clock's offset", func() bool { p := h.Peers(); return len(p) == 1 && p[0].Hello.Offset != nil })
	p := h.Peers()[0]
	if o := p.Hello.Offset; (o.Ahead-ahead).Abs() > o.Error+time.Millisecond || o.Error > time.Second {
		t.Errorf("offset %v, off by at most %v", o.Ahead, o.Error)
	}
	if !p.Connected || p.Name != l.Name() || p.Hello.Version != "v1" || p.Hello.Policy != "p7" || p.Address == "" || time.Since(p.Since) > time.Minute {
		t.Errorf("%+v", p)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the peer is gone", func() bool { return !h.Peers()[0].Connected })
}

func TestCommands(t *testing.T) {
	type record struct {
		kind, answer string
		err          error
	}
	var mu sync.Mutex
	var log []record
	h := openHub(t, func(o *gate.Options) {
		o.Asked = func(_ peer.Name, c peer.Command, a peer.Answer, err error) {
			mu.Lock()
			defer mu.Unlock()
			log = append(log, record{c.Kind, a.Error, err})
		}
	})
	started := make(chan struct{}, 1)
	l := h.dial(t, node("n"), func(o *link.Options) {
		o.Do = func(ctx context.Context, c peer.Command) peer.Answer {
			switch c.Kind {
			case peer.Report:
				return peer.Answer{Body: json.RawMessage(`{"echo":` + string(c.Body) + `}`)}
			case "slow":
				started <- struct{}{}
				<-ctx.Done()
				return peer.Answer{Error: "it took too long"}
			}
			return peer.Answer{Error: "unknown"}
		}
	})
	a, err := h.Command(t.Context(), l.Name(), peer.Report, []int{1}, time.Minute)
	if err != nil || string(a.Body) != `{"echo":[1]}` {
		t.Errorf("%+v %v", a, err)
	}
	if a, err := h.Command(t.Context(), l.Name(), "other", nil, time.Minute); err != nil || a.Error != "unknown" {
		t.Errorf("%+v %v", a, err)
	}
	if _, err := h.Command(t.Context(), node("m"), peer.Report, nil, time.Minute); !errors.Is(err, gate.ErrAway) {
		t.Errorf("to one who is not there: %v", err)
	}
	// One that waits behind another until it has expired is not begun.
	go func() { _, _ = h.Command(t.Context(), l.Name(), "slow", nil, time.Second) }()
	<-started
	if a, err := h.Command(t.Context(), l.Name(), peer.Report, []int{2}, 300*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%+v %v", a, err)
	}
	if a, err := h.Command(t.Context(), l.Name(), peer.Report, []int{3}, time.Minute); err != nil || string(a.Body) != `{"echo":[3]}` {
		t.Errorf("%+v %v", a, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(log) < 5 || log[0].kind != peer.Report || log[0].err != nil || log[1].answer != "unknown" || !errors.Is(log[2].err, gate.ErrAway) {
		t.Errorf("%+v", log)
	}
}

func TestRenewal(t *testing.T) {
	var h *hub
	h = openHub(t, func(o *gate.Options) {
		o.Renew = func(from peer.Name, request []byte) (peer.Issued, error) {
			c, err := h.authority.Issue(request, from)
			return peer.Issued{Certificate: c, Authorities: h.authority.Authorities()}, err
		}
	})
	l := h.dial(t, node("n"), nil)
	r, err := pki.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	issued, err := l.Renew(t.Context(), r.PEM)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := r.Identity(issued); err != nil || id.Name != l.Name() {
		t.Errorf("%+v %v", id, err)
	}
	if _, err := l.Renew(t.Context(), r.PEM); !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), "once a second") {
		t.Errorf("again at once: %v", err)
	}
}
