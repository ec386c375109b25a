package kube

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/identity/own"
)

// Sign gives every further request an audit ID by which those who have the key
// know that this client made it.
func (c *Client) Sign(key own.Key) { c.signer.key.Store(&key) }

// signer chooses the audit IDs of requests, once there is a key.
type signer struct {
	next http.RoundTripper
	key  atomic.Pointer[own.Key]
	now  func() time.Time
}

// RoundTrip implements http.RoundTripper.
func (s *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	if key := s.key.Load(); key != nil && r.Method == http.MethodGet {
		r = r.Clone(r.Context())
		r.Header.Set(own.Header, key.AuditID(s.now(), r.URL.RequestURI()))
	}
	return s.next.RoundTrip(r)
}
