package access

import (
	"container/list"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Bounds of a desk.
const (
	// remembered is how long a judgement holds: so long may somebody who was
	// shut out at the provider or the cluster still pass.
	remembered = time.Minute
	// maxRemembered bounds how many are held, some 1 KB each.
	maxRemembered = 4096
	// maxBearer is the longest token that is looked at, in bytes; one with
	// hundreds of groups fits.
	maxBearer = 16 << 10
)

// Desk asks authenticators in turn, and remembers what they said of tokens
// that were good. It is safe for concurrent use.
type Desk struct {
	ask []Authenticator
	now func() time.Time

	mu    sync.Mutex
	known map[[sha256.Size]byte]*list.Element
	order list.List // of *judgement, what was used last in front
}

// judgement is a token that was good. Of the token there is its hash only.
type judgement struct {
	hash  [sha256.Size]byte
	who   Principal
	until time.Time
}

// NewDesk returns a desk of some authenticators, the first ones asked first.
func NewDesk(now func() time.Time, ask ...Authenticator) *Desk {
	return &Desk{ask: ask, now: now, known: map[[sha256.Size]byte]*list.Element{}}
}

// Known returns whose a token is that was judged within the last minute. It
// asks nobody.
func (d *Desk) Known(bearer string) (Principal, bool) {
	hash := sha256.Sum256([]byte(bearer))
	d.mu.Lock()
	defer d.mu.Unlock()
	at, ok := d.known[hash]
	if !ok {
		return Principal{}, false
	}
	j, ok := at.Value.(*judgement)
	if !ok || !d.now().Before(j.until) {
		d.order.Remove(at)
		delete(d.known, hash)
		return Principal{}, false
	}
	d.order.MoveToFront(at)
	return j.who, true
}

// Authenticate asks the authenticator whose kind a token is. The error wraps
// ErrUnknown or ErrNoRole, or is why it cannot be judged now. With ErrNoRole
// comes who it is, without a role.
func (d *Desk) Authenticate(ctx context.Context, bearer string) (Principal, error) {
	if len(bearer) > maxBearer {
		return Principal{}, fmt.Errorf("%w: it is longer than %d bytes", ErrUnknown, maxBearer)
	}
	for _, a := range d.ask {
		if !a.Mine(bearer) {
			continue
		}
		who, err := a.Authenticate(ctx, bearer)
		if err == nil {
			err = check(&who)
		}
		if errors.Is(err, ErrNoRole) {
			who.Role = 0
			return who, err
		}
		if err != nil {
			return Principal{}, err
		}
		d.remember(bearer, who)
		return who, nil
	}
	return Principal{}, ErrUnknown
}

// check holds what others vouched for to what the API takes for granted.
func check(p *Principal) error {
	if p.Name == "" || p.ID == "" {
		return fmt.Errorf("%w: it does not say whose it is", ErrUnknown)
	}
	if err := p.Scope.Check(); err != nil {
		return errors.Join(ErrNoRole, err)
	}
	return nil
}

func (d *Desk) remember(bearer string, who Principal) {
	j := &judgement{hash: sha256.Sum256([]byte(bearer)), who: who, until: d.now().Add(remembered)}
	if !who.Expires.IsZero() && who.Expires.Before(j.until) {
		j.until = who.Expires
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if at, ok := d.known[j.hash]; ok {
		d.order.Remove(at)
	}
	d.known[j.hash] = d.order.PushFront(j)
	for d.order.Len() > maxRemembered {
		last := d.order.Back()
		if old, ok := last.Value.(*judgement); ok {
			delete(d.known, old.hash)
		}
		d.order.Remove(last)
	}
}
