package pubsub

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// GoogleIssuer signs the identity tokens of Pub/Sub's pushes.
const GoogleIssuer = "https://accounts.google.com"

const (
	// keysPatience is how long the issuer may take to say what its keys are.
	keysPatience = 10 * time.Second
	// askEvery is how often the issuer is asked at most, once askFirst questions
	// are used up: whoever shows tokens with keys that nobody knows makes nobody
	// ask more often.
	askEvery, askFirst = 5 * time.Second, 5
)

// An Identifier says whose identity tokens are. It asks their issuer for its
// keys when the first one comes. It is safe for use by several goroutines.
type Identifier struct {
	issuer string
	now    func() time.Time
	http   *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // nil until it answered
}

// NewIdentifier returns who knows the tokens of an issuer, whose certificate
// authorities vouch for; nil means the system's.
func NewIdentifier(issuer string, authorities *x509.CertPool, now func() time.Time) (*Identifier, error) {
	u, err := url.Parse(issuer)
	if err != nil || !secure(u) {
		return nil, fmt.Errorf("pubsub: %q is no https URL of an issuer", issuer)
	}
	client := plainClient(authorities, keysPatience)
	client.Transport = &seldom{base: client.Transport, now: now, left: askFirst}
	return &Identifier{issuer: issuer, now: now, http: client}, nil
}

// Identify returns the address of the service account whose token it is, for an
// audience. The error says why it is nobody's.
func (i *Identifier) Identify(ctx context.Context, token, audience string) (email string, err error) {
	provider, err := i.discover(ctx)
	if err != nil {
		return "", err
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: audience, Now: i.now, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256}})
	t, err := verifier.Verify(oidc.ClientContext(ctx, i.http), token)
	if err != nil {
		return "", err
	}
	var c struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := t.Claims(&c); err != nil {
		return "", err
	}
	if c.Email == "" || !c.Verified {
		return "", errors.New("the token names no address that its issuer verified")
	}
	return c.Email, nil
}

// discover asks the issuer what it is, unless it has answered before.
func (i *Identifier) discover(ctx context.Context) (*oidc.Provider, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.provider != nil {
		return i.provider, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), i.http), i.issuer)
	if err != nil {
		return nil, fmt.Errorf("the issuer %s does not answer as one: %w", i.issuer, err)
	}
	i.provider = found
	return found, nil
}

// seldom lets some requests through at once, and then one each askEvery. It
// implements http.RoundTripper.
type seldom struct {
	base http.RoundTripper
	now  func() time.Time

	mu   sync.Mutex
	left int
	last time.Time
}

// errSeldom is the error of a request that came too early.
var errSeldom = errors.New("its issuer was asked too often")

// RoundTrip implements http.RoundTripper.
func (s *seldom) RoundTrip(r *http.Request) (*http.Response, error) {
	if !s.may() {
		return nil, errSeldom
	}
	if !secure(r.URL) {
		return nil, fmt.Errorf("%s has no TLS", r.URL.Redacted())
	}
	resp, err := s.base.RoundTrip(r)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, maxKeys)
	}
	return resp, err
}

// maxKeys bounds what an issuer says, in bytes.
const maxKeys = 1 << 20

func (s *seldom) may() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if n := int(now.Sub(s.last) / askEvery); !s.last.IsZero() && n > 0 {
		s.left = min(askFirst, s.left+n)
	}
	if s.left == 0 {
		return false
	}
	s.left--
	s.last = now
	return true
}
