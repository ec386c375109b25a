package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// Types of PEM blocks.
const (
	pemCertificate = "CERTIFICATE"
	pemRequest     = "CERTIFICATE REQUEST"
	pemKey         = "PRIVATE KEY"
)

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func marshalKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemKey, Bytes: der}), nil
}

func parseKey(der []byte) (*ecdsa.PrivateKey, error) {
	k, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := k.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("a key of type %T, not ECDSA", k)
	}
	return key, nil
}

// Request is a certificate request with its key, which never leaves its maker.
type Request struct {
	key *ecdsa.PrivateKey
	// PEM is the request.
	PEM string
}

// NewRequest draws a key and makes a request for it.
func NewRequest() (*Request, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return nil, fmt.Errorf("pki: make a certificate request: %w", err)
	}
	return &Request{key, string(pem.EncodeToMemory(&pem.Block{Type: pemRequest, Bytes: der}))}, nil
}

// Identity is who a peer is and whom it believes, as long as that is valid.
type Identity struct {
	Name        peer.Name
	Certificate *tls.Certificate
	Authorities *x509.CertPool
	// Begins and Ends are those of the certificate.
	Begins, Ends time.Time

	text []byte // what Encode returns
}

// Identity joins the answer to a request with its key.
func (r *Request) Identity(issued peer.Issued) (*Identity, error) {
	key, err := marshalKey(r.key)
	if err != nil {
		return nil, err
	}
	text := append(key, issued.Certificate...)
	return ParseIdentity(append(text, issued.Authorities...))
}

// Encode returns the identity as PEM: the key, the certificate, and then the
// authorities. It is secret.
func (i *Identity) Encode() []byte { return i.text }

// ParseIdentity reads what Encode returned.
func ParseIdentity(text []byte) (*Identity, error) {
	i := &Identity{Certificate: &tls.Certificate{}, Authorities: x509.NewCertPool(), text: text}
	var key *ecdsa.PrivateKey
	believed := 0
	for rest := text; ; {
		var b *pem.Block
		var err error
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		switch {
		case b.Type == pemKey:
			key, err = parseKey(b.Bytes)
		case b.Type == pemCertificate:
			var c *x509.Certificate
			if c, err = x509.ParseCertificate(b.Bytes); err != nil {
				break
			}
			if i.Certificate.Leaf == nil {
				i.Certificate.Leaf, i.Certificate.Certificate = c, [][]byte{c.Raw}
				break
			}
			i.Authorities.AddCert(c)
			believed++
		}
		if err != nil {
			return nil, fmt.Errorf("pki: read an identity: %w", err)
		}
	}
	leaf := i.Certificate.Leaf
	switch {
	case key == nil || leaf == nil || believed == 0:
		return nil, errors.New("pki: an identity has a key, a certificate and an authority")
	case !key.PublicKey.Equal(leaf.PublicKey):
		return nil, errors.New("pki: the certificate is for another key than the one it was asked for")
	}
	i.Certificate.PrivateKey = key
	i.Begins, i.Ends = leaf.NotBefore, leaf.NotAfter
	var err error
	i.Name, err = NameOf(leaf)
	return i, err
}

// Half is when the identity should be renewed.
func (i *Identity) Half() time.Time {
	return i.Begins.Add(backdate).Add(i.Ends.Sub(i.Begins.Add(backdate)) / 2)
}

// clockSlack is by how much a peer's clock may be wrong without its taking the
// gate's certificate for one of another time.
const clockSlack = Life

// VerifyGate says whether the gate of this peer's hub is at the other end of a
// connection, at a time.
func (i *Identity) VerifyGate(s *tls.ConnectionState, now time.Time) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("pki: the gate showed no certificate")
	}
	c := s.PeerCertificates[0]
	switch {
	case now.Before(c.NotBefore) && c.NotBefore.Sub(now) <= clockSlack:
		now = c.NotBefore
	case now.After(c.NotAfter) && now.Sub(c.NotAfter) <= clockSlack:
		now = c.NotAfter
	}
	_, err := c.Verify(x509.VerifyOptions{DNSName: GateName, Roots: i.Authorities, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	if err != nil {
		return fmt.Errorf("pki: the gate's certificate: %w", err)
	}
	return nil
}
