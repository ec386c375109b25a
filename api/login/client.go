package login

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Bounds of what a provider is asked, and of what it answers.
const (
	timeout   = 30 * time.Second
	maxAnswer = 1 << 20
)

// newClient returns a client that speaks to a provider.
func newClient(authorities *x509.CertPool) *http.Client {
	return &http.Client{Timeout: timeout, Transport: &guarded{&http.Transport{
		ForceAttemptHTTP2: true, TLSHandshakeTimeout: timeout, IdleConnTimeout: time.Minute,
		TLSClientConfig: &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
	}}}
}

// guarded sends nothing in clear to another machine, wherever the provider
// points, and reads no long answer. It implements http.RoundTripper.
type guarded struct{ base http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (g *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !local(r.URL.Hostname()) {
		return nil, fmt.Errorf("%s has no TLS", r.URL.Redacted())
	}
	resp, err := g.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// local reports whether a host is this machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
