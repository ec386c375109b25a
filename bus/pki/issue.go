package pki

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
)

const (
	// Life is how long a peer's certificate is valid. Peers renew at half.
	Life = 24 * time.Hour
	// GateName is the name that the gate's certificate is for, whatever the
	// address under which the gate is reached.
	GateName = "gate.lynceus.internal"
)

// issued is a certificate with its key and its issuer.
type issued struct {
	certificate *tls.Certificate
	issuer      *x509.Certificate
	renew       time.Time
}

// Issue gives a certificate to a peer. request is a PKCS #10 request in PEM, of
// which only the key is used: everything else follows from name.
func (a *Authority) Issue(request []byte, name peer.Name) (certificate string, err error) {
	if err := name.Valid(); err != nil {
		return "", fmt.Errorf("pki: %w", err)
	}
	block, _ := pem.Decode(request)
	if block == nil || block.Type != pemRequest {
		return "", errors.New("pki: the certificate request is not PEM")
	}
	r, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return "", fmt.Errorf("pki: read the certificate request: %w", err)
	}
	if err := r.CheckSignature(); err != nil {
		return "", fmt.Errorf("pki: the certificate request is not signed by its key: %w", err)
	}
	public, ok := r.PublicKey.(*ecdsa.PublicKey)
	if !ok || public.Params().BitSize != 256 {
		return "", errors.New("pki: the certificate request is for another key than one of ECDSA over P-256")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.care(); err != nil {
		return "", err
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "lynceus " + string(name.Kind)}, URIs: []*url.URL{name.URI()},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := a.sign(template, public)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: pemCertificate, Bytes: der})), nil
}

// sign fills in what all certificates have. The lock is held.
func (a *Authority) sign(template *x509.Certificate, public *ecdsa.PublicKey) ([]byte, error) {
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	by, now := a.issuer(), a.now()
	template.SerialNumber, template.NotBefore, template.NotAfter = serial, now.Add(-backdate), now.Add(Life)
	template.KeyUsage, template.BasicConstraintsValid = x509.KeyUsageDigitalSignature, true
	der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, public, by.key)
	if err != nil {
		return nil, fmt.Errorf("pki: issue a certificate: %w", err)
	}
	return der, nil
}

// gateCertificate returns the gate's own certificate, a new one when half the
// life of the last is over.
func (a *Authority) gateCertificate() (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.care(); err != nil {
		return nil, err
	}
	if a.server != nil && a.now().Before(a.server.renew) && a.server.issuer == a.issuer().certificate {
		return a.server.certificate, nil
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	der, err := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "lynceus gate"}, DNSNames: []string{GateName}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, &key.PublicKey)
	if err != nil {
		return nil, err
	}
	a.server = &issued{&tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, a.issuer().certificate, a.now().Add(Life / 2)}
	return a.server.certificate, nil
}
