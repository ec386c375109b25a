package oidc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	provider "github.com/coreos/go-oidc/v3/oidc"

	"github.com/lynceus-io/lynceus/api/limit"
)

// Bounds of what a provider is asked, and of what it answers.
const (
	timeout   = 10 * time.Second
	maxAnswer = 1 << 20
)

// asked is how often a provider is asked for its keys: a token that names a
// key which nobody knows would make every request one to the provider.
var asked = limit.Rate{PerSecond: 0.5, Burst: 10}

// errTooOften says that a provider was asked too often lately to be asked
// again.
var errTooOften = errors.New("the identity provider was asked too often")

// client asks a provider.
type client struct {
	http  *http.Client
	base  http.RoundTripper
	turns *limit.Buckets
}

func newClient(authorities *x509.CertPool, now func() time.Time) *client {
	c := &client{turns: limit.NewBuckets(asked, now)}
	c.base = &http.Transport{
		ForceAttemptHTTP2: true, TLSHandshakeTimeout: timeout, IdleConnTimeout: time.Minute,
		TLSClientConfig: &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
	}
	c.http = &http.Client{Transport: c, Timeout: timeout}
	return c
}

// RoundTrip implements http.RoundTripper. An answer that is no success is an
// error, and a long one ends. Nothing is asked in clear, wherever the provider
// points.
func (c *client) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !loopback(r.URL.Hostname()) {
		return nil, fmt.Errorf("%s has no TLS", r.URL.Redacted())
	}
	if _, ok := c.turns.Take(""); !ok {
		return nil, errTooOften
	}
	resp, err := c.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		resp.Body.Close()
		return nil, fmt.Errorf("it answered %s", resp.Status)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// unreachableKey is where Verify is told that keys could not be read: its own
// error does not tell that from a signature that is wrong.
type unreachableKey struct{}

// keySet notes why keys could not be read.
type keySet struct{ remote provider.KeySet }

// VerifySignature implements provider.KeySet.
func (k *keySet) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := k.remote.VerifySignature(ctx, jwt)
	var failed *url.Error
	if errors.As(err, &failed) && !errors.Is(err, errTooOften) {
		if place, ok := ctx.Value(unreachableKey{}).(*error); ok {
			*place = failed
		}
	}
	return payload, err
}
