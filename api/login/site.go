package login

import (
	"context"
	"net/url"
	"sync"
	"time"
)

// Site signs people in to a server in their browsers. The provider is asked
// what it is when somebody comes, and need not be there before. It is safe for
// concurrent use.
type Site struct {
	o Options

	mu     sync.Mutex
	found  *Provider // nil until the provider answered
	failed error     // why it did not
	tried  time.Time
}

// rest is how long a provider that did not answer is left alone.
const rest = 10 * time.Second

// NewSite returns a site of a provider. It asks it nothing yet.
func NewSite(o Options) *Site { return &Site{o: o} }

// provider returns the provider once it has answered.
func (s *Site) provider(ctx context.Context) (*Provider, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	if since := now.Sub(s.tried); s.found != nil || s.failed != nil && since >= 0 && since < rest {
		return s.found, s.failed
	}
	// Whoever asks may go away; the answer is for others, too.
	s.found, s.failed = Discover(context.WithoutCancel(ctx), s.o)
	s.tried = now
	return s.found, s.failed
}

// Begin is Provider.Begin.
func (s *Site) Begin(ctx context.Context, redirect string) (page string, a Attempt, err error) {
	p, err := s.provider(ctx)
	if err != nil {
		return "", a, err
	}
	page, a = p.Begin(redirect)
	return page, a, nil
}

// Finish is Provider.Finish.
func (s *Site) Finish(ctx context.Context, a Attempt, answer url.Values) (Tokens, error) {
	p, err := s.provider(ctx)
	if err != nil {
		return Tokens{}, err
	}
	return p.Finish(ctx, a, answer)
}

// Refresh is Provider.Refresh.
func (s *Site) Refresh(ctx context.Context, before Tokens) (Tokens, error) {
	p, err := s.provider(ctx)
	if err != nil {
		return Tokens{}, err
	}
	return p.Refresh(ctx, before)
}
