package pki

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// ServerConfig returns how the gate listens: TLS 1.3, with a certificate of
// every client, and nothing resumed, so that each connection is judged by what
// is valid then. refused is called with the reason for each client whose
// certificate is none that a peer has; it may be called by several goroutines.
func (a *Authority) ServerConfig(refused func(err error)) *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		SessionTicketsDisabled: true,
		Time:                   a.now,
		GetCertificate:         func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return a.gateCertificate() },
		// VerifyConnection judges the chain, so that what is refused is counted.
		ClientAuth: tls.RequireAnyClientCert,
		VerifyConnection: func(s tls.ConnectionState) error {
			_, err := a.Peer(&s)
			if err != nil {
				refused(err)
			}
			return err
		},
	}
}

// Peer says who is at the other end of a connection, from the certificate that
// was shown there alone.
func (a *Authority) Peer(s *tls.ConnectionState) (peer.Name, error) {
	if s == nil || len(s.PeerCertificates) == 0 {
		return peer.Name{}, errors.New("pki: no certificate was shown")
	}
	c := s.PeerCertificates[0]
	if _, err := c.Verify(x509.VerifyOptions{Roots: a.roots(), CurrentTime: a.now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		return peer.Name{}, fmt.Errorf("pki: %w", err)
	}
	return NameOf(c)
}

// NameOf reads the name that stands in a certificate, which must have been
// verified.
func NameOf(c *x509.Certificate) (peer.Name, error) {
	if len(c.URIs) != 1 {
		return peer.Name{}, fmt.Errorf("pki: the certificate has %d URIs, and names no peer: a peer's has one", len(c.URIs))
	}
	n, err := peer.ParseURI(c.URIs[0])
	if err != nil {
		return peer.Name{}, fmt.Errorf("pki: the certificate names no peer: %w", err)
	}
	return n, nil
}
