package enroll

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

// Options of Hold. Hub and Proof are needed.
type Options struct {
	Hub Hub
	// Proof returns what to show. It is called each time: a token of a cluster
	// is replaced in its file every hour.
	Proof func() (Proof, error)
	// Dir is where the identity is kept between starts, in a file that its
	// owner alone may read; "" keeps it nowhere.
	Dir string
	Log *slog.Logger
	Now func() time.Time
}

// Files in Dir: the identity, and where it is of use: the hub's address and the
// gate's, a line each.
const (
	keptIdentity = "identity.pem"
	keptGate     = "gate"
)

// Waits between attempts, each about twice the last.
const firstWait, lastWait = time.Second, time.Minute

// Holder holds a peer's identity and renews it. It is safe for concurrent use.
type Holder struct {
	o Options

	mu       sync.Mutex
	identity *pki.Identity
	gate     string
	renewAt  time.Time
}

// Hold returns a holder that has an identity: that which was kept where it is
// still valid, else one that it enrolls for. It tries until ctx ends, or until
// the hub refuses the proof or says that it has no gate.
func Hold(ctx context.Context, o Options) (*Holder, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Holder{o: o}
	if h.restore() {
		return h, nil
	}
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		err := h.prove(ctx)
		if err == nil {
			return h, nil
		}
		if errors.Is(err, ErrRefused) || errors.Is(err, ErrNoGate) || ctx.Err() != nil {
			return nil, err
		}
		o.Log.Warn("cannot enroll at the hub yet; it is tried again", "error", err)
		if !sleep(ctx, wait/2+rand.N(wait)) {
			return nil, err
		}
	}
}

// Identity returns who this peer is now, for link.Options.
func (h *Holder) Identity() (*pki.Identity, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.identity, nil
}

// Gate is the address of the hub's gate, as the hub said when this peer
// enrolled.
func (h *Holder) Gate() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.gate
}

// A Link is what a Holder renews by: *link.Link.
type Link interface {
	Renew(ctx context.Context, request string) (peer.Issued, error)
	Connected() bool
}

const (
	// look is how often it is looked whether there is something to do: the
	// clock may be set meanwhile.
	look = 10 * time.Second
	// patience is how long the link may be away before it is tried whether the
	// hub knows this peer no more: its data directory may be another's.
	patience = 3 * time.Minute
)

// Keep renews the identity when half of its life is over, until ctx ends: by
// the link, or, where that fails, by proving anew. While neither succeeds the
// old one is of use until it ends. Where the link finds no way for minutes it is
// proved anew, too.
func (h *Holder) Keep(ctx context.Context, l Link) {
	wait, away := look, time.Now()
	for sleep(ctx, wait/2+rand.N(wait/2)) {
		if l.Connected() {
			away = time.Now()
		}
		lost := time.Since(away) >= patience
		h.mu.Lock()
		due := !h.o.Now().Before(h.renewAt)
		h.mu.Unlock()
		if !due && !lost {
			wait = look
			continue
		}
		var err error
		if !lost {
			if err = h.renewed(ctx, l); err == nil {
				wait = look
				continue
			}
		}
		proved := h.prove(ctx)
		away = time.Now()
		if proved == nil {
			wait = look
			continue
		}
		if ctx.Err() == nil && due {
			h.o.Log.Warn("the certificate for the hub is not renewed; it is tried again", "renewal", err, "enrolment", proved)
		}
		wait = min(2*wait, 6*lastWait)
	}
}

// renewed renews the identity by the one there is.
func (h *Holder) renewed(ctx context.Context, l Link) error {
	r, err := pki.NewRequest()
	if err != nil {
		return err
	}
	issued, err := l.Renew(ctx, r.PEM)
	if err != nil {
		return err
	}
	id, err := r.Identity(issued)
	if err != nil {
		return err
	}
	return h.adopt(id, "")
}

// prove enrolls.
func (h *Holder) prove(ctx context.Context) error {
	p, err := h.o.Proof()
	if err != nil {
		return fmt.Errorf("the proof for the hub: %w", err)
	}
	id, gate, err := h.o.Hub.Enroll(ctx, p)
	if err != nil {
		return err
	}
	return h.adopt(id, gate)
}

// adopt makes an identity the peer's own, which stays who it was.
func (h *Holder) adopt(id *pki.Identity, gate string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.identity != nil && h.identity.Name.Key() != id.Name.Key() {
		return fmt.Errorf("the hub gives a certificate of the %s, and this is the %s: start it again if that is meant", id.Name, h.identity.Name)
	}
	h.identity = id
	// By this machine's clock, which may not be the hub's.
	h.renewAt = h.o.Now().Add(pki.Life / 2)
	if gate != "" {
		h.gate = gate
	}
	if err := h.keep(); err != nil {
		h.o.Log.Warn("the certificate for the hub cannot be kept; the next start has to enroll anew", "error", err)
	}
	return nil
}

// keep writes the identity to disk. The lock is held.
func (h *Holder) keep() error {
	if h.o.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(h.o.Dir, 0o700); err != nil {
		return err
	}
	if err := replace(filepath.Join(h.o.Dir, keptGate), []byte(h.o.Hub.URL+"\n"+h.gate+"\n")); err != nil {
		return err
	}
	return replace(filepath.Join(h.o.Dir, keptIdentity), h.identity.Encode())
}

func replace(path string, data []byte) error {
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// restore takes up what was kept, where that is of use still.
func (h *Holder) restore() bool {
	if h.o.Dir == "" {
		return false
	}
	text, err := os.ReadFile(filepath.Join(h.o.Dir, keptIdentity))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	var id *pki.Identity
	if err == nil {
		id, err = pki.ParseIdentity(text)
	}
	var gate []byte
	if err == nil {
		gate, err = os.ReadFile(filepath.Join(h.o.Dir, keptGate))
	}
	if err != nil {
		h.o.Log.Warn("the certificate for the hub that was kept cannot be read; enrolling anew", "error", err)
		return false
	}
	hub, address, _ := strings.Cut(strings.TrimSpace(string(gate)), "\n")
	if !h.o.Now().Before(id.Ends) || hub != h.o.Hub.URL || address == "" {
		return false
	}
	h.identity, h.gate, h.renewAt = id, address, id.Half()
	return true
}

// sleep waits; it returns false when ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
