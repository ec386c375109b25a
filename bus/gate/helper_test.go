package gate_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

// hub is a gate over loopback, and what it took.
type hub struct {
	*gate.Gate
	authority *pki.Authority
	log       *lockedBuffer

	mu    sync.Mutex
	taken []taken
	take  func(context.Context, taken) error // nil takes all
}

// taken is a batch that the hub took.
type taken struct {
	from  peer.Name
	lane  peer.Lane
	batch peer.Batch
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// openHub opens a gate; change may change its options.
func openHub(t *testing.T, change func(*gate.Options)) *hub {
	t.Helper()
	a, err := pki.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	h := &hub{authority: a, log: &lockedBuffer{}}
	o := gate.Options{Listen: "127.0.0.1:0", Authority: a, Log: slog.New(slog.NewTextHandler(h.log, nil)), Take: h.accept}
	if change != nil {
		change(&o)
	}
	if h.Gate, err = gate.Open(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(h.log.String())
		}
	})
	return h
}

func (h *hub) accept(ctx context.Context, from peer.Name, lane peer.Lane, b peer.Batch) error {
	x := taken{from, lane, b}
	h.mu.Lock()
	take := h.take
	h.mu.Unlock()
	if take != nil {
		if err := take(ctx, x); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.taken = append(h.taken, x)
	return nil
}

// on makes the hub answer by f.
func (h *hub) on(f func(context.Context, taken) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.take = f
}

func (h *hub) all() []taken {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]taken(nil), h.taken...)
}

// identity gives a peer a certificate.
func identity(t testing.TB, a *pki.Authority, n peer.Name) *pki.Identity {
	t.Helper()
	r, err := pki.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Issue([]byte(r.PEM), n)
	if err != nil {
		t.Fatal(err)
	}
	i, err := r.Identity(peer.Issued{Certificate: c, Authorities: a.Authorities()})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// node is the name of a sensor.
func node(name string) peer.Name {
	return peer.Name{Kind: peer.Sensor, ClusterUID: "0f6c2c4e-1111-4222-8333-444455556666", Node: name}
}

// dial connects a peer; change may change its options.
func (h *hub) dial(t *testing.T, n peer.Name, change func(*link.Options)) *link.Link {
	t.Helper()
	id := identity(t, h.authority, n)
	o := link.Options{Gate: h.Address().String(), Identity: func() (*pki.Identity, error) { return id, nil }, Log: slog.New(slog.NewTextHandler(h.log, nil))}
	if change != nil {
		change(&o)
	}
	l, err := link.Dial(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := l.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	return l
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if f() {
			return
		}
		if time.Now().After(end) {
			t.Fatal("did not come about: " + what)
		}
	}
}
