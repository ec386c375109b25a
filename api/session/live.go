package session

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"time"
)

// Renew returns the next bearer token of a session, and when that ends.
type Renew func(ctx context.Context) (bearer string, until time.Time, err error)

// renewBefore is how long before its end a bearer token is renewed.
const renewBefore = time.Minute

// New is what a session begins with. Bearer is needed.
type New struct {
	// Bearer is the token behind the session. Where Renew is given, it is asked
	// for another one before BearerEnds.
	Bearer     string
	BearerEnds time.Time
	Renew      Renew
	// Owner is the id of the principal, Name what it is called.
	Owner, Name string
	// Remote is the address that it came from, and Agent the browser as it
	// calls itself.
	Remote, Agent string
}

// Opened is a session as its owner sees it.
type Opened struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Remote string    `json:"remote"`
	Agent  string    `json:"agent"`
	Began  time.Time `json:"began"`
	Used   time.Time `json:"used"` // when it was used last
	Until  time.Time `json:"until"`
}

// live is a session. The keeper's lock is that of seen; turn is held while the
// token is renewed, and is that of bearer and ends.
type live struct {
	owner string
	seen  Opened
	renew Renew

	turn   sync.Mutex
	bearer string
	ends   time.Time
}

// maxAgent bounds what is kept of a browser's name, in bytes.
const maxAgent = 200

// Open begins a session and returns its secret, and until when it is good.
func (k *Keeper) Open(n New) (secret string, until time.Time, err error) {
	if len(n.Bearer) > maxBearer {
		return "", time.Time{}, errLong
	}
	now := k.now()
	secret, until = newSecret(), now.Add(Life)
	l := &live{owner: n.Owner, renew: n.Renew, bearer: n.Bearer, ends: n.BearerEnds, seen: Opened{
		ID: rand.Text(), Name: n.Name, Remote: n.Remote, Agent: strings.ToValidUTF8(n.Agent[:min(len(n.Agent), maxAgent)], ""), Began: now, Used: now, Until: until,
	}}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sessions.add(secret, until, l)
	return secret, until, nil
}

// Bearer returns the token of a session, which is renewed first where that is
// due and can be. A token that cannot be renewed is returned as it is: whoever
// judges it says whether it is still good.
func (k *Keeper) Bearer(ctx context.Context, secret string) (string, error) {
	now := k.now()
	k.mu.Lock()
	l, err := k.sessions.take(secret, now, false)
	if err == nil {
		l.seen.Used = now
	}
	k.mu.Unlock()
	if err != nil {
		return "", err
	}
	l.turn.Lock()
	defer l.turn.Unlock()
	if l.renew != nil && !now.Before(l.ends.Add(-renewBefore)) {
		if bearer, ends, err := l.renew(ctx); err == nil && len(bearer) <= maxBearer {
			l.bearer, l.ends = bearer, ends
		}
	}
	return l.bearer, nil
}

// List returns the sessions of an owner, or of everybody for "", the newest
// first.
func (k *Keeper) List(owner string) []Opened {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := []Opened{}
	k.sessions.each(k.now(), func(l *live) bool {
		if owner == "" || l.owner == owner {
			out = append(out, l.seen)
		}
		return false
	})
	return out
}

// End ends a session by its id, if it is of an owner, or of anybody for "". It
// reports whether there was one.
func (k *Keeper) End(id, owner string) (found bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sessions.each(k.now(), func(l *live) bool {
		hit := l.seen.ID == id && (owner == "" || l.owner == owner)
		found = found || hit
		return hit
	})
	return found
}

// ID returns the id of the session of a secret; "" for none.
func (k *Keeper) ID(secret string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	l, err := k.sessions.take(secret, k.now(), false)
	if err != nil {
		return ""
	}
	return l.seen.ID
}

// Close ends a session; one that is not known is no error.
func (k *Keeper) Close(secret string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, _ = k.sessions.take(secret, k.now(), true) // one that is over is gone anyway
}
