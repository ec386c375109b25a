// Package session lets a browser in: a code that is good once and for minutes
// becomes a session, whose secret the browser keeps in a cookie. Behind each
// stands a bearer token, so a session may do what that token may at that
// moment, and is over when the token is, unless somebody gave a way to renew
// it.
//
// Nothing of it is on disk: sessions end with the process.
package session

import (
	"errors"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/api/login"
)

// How long codes, sessions and sign-ins at an identity provider are good, and
// how many there may be; the oldest give way.
const (
	CodeLife    = 10 * time.Minute
	AttemptLife = 10 * time.Minute
	Life        = 12 * time.Hour
	maxCodes    = 64
	maxAttempts = 1024
	maxSessions = 1024
)

// maxBearer is the longest token that a session is made of, in bytes: as much
// as the desk of package access looks at.
const maxBearer = 16 << 10

// Errors of a keeper.
var (
	// ErrUnknown says that a code or a secret was never given, was used, or
	// is over.
	ErrUnknown = errors.New("it was never given, was used already, or is over")
	errLong    = errors.New("the token is too long to make a session of")
)

// Keeper keeps codes, sign-ins that are under way, and sessions. It is safe for
// concurrent use.
type Keeper struct {
	now func() time.Time

	mu       sync.Mutex
	codes    shelf[string] // bearer tokens
	attempts shelf[login.Attempt]
	sessions shelf[*live]
}

// NewKeeper returns a keeper without any.
func NewKeeper(now func() time.Time) *Keeper {
	return &Keeper{now: now, codes: newShelf[string](maxCodes), attempts: newShelf[login.Attempt](maxAttempts), sessions: newShelf[*live](maxSessions)}
}

// Code returns a code by which a session of a bearer token can be opened once,
// and until when.
func (k *Keeper) Code(bearer string) (code string, until time.Time, err error) {
	if len(bearer) > maxBearer {
		return "", time.Time{}, errLong
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	code, until = newSecret(), k.now().Add(CodeLife)
	k.codes.add(code, until, bearer)
	return code, until, nil
}

// Redeem returns the bearer token that a code stands for; the code is used up.
func (k *Keeper) Redeem(code string) (bearer string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.codes.take(code, k.now(), true)
}

// Begin remembers a sign-in at an identity provider, and returns the secret by
// which the browser that began it is known again, within AttemptLife.
func (k *Keeper) Begin(a login.Attempt) (secret string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	secret = newSecret()
	k.attempts.add(secret, k.now().Add(AttemptLife), a)
	return secret
}

// Attempt returns the sign-in that a secret stands for, once.
func (k *Keeper) Attempt(secret string) (login.Attempt, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.attempts.take(secret, k.now(), true)
}
