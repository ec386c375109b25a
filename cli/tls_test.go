//go:build cgo

package cli

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/local"
)

// certificate makes a certificate of 127.0.0.1 and the file that one trusts
// it by.
func certificate(t *testing.T) (conf *tls.Config, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, file
}

// A server is asked over TLS by who trusts its certificate, and by nobody
// else.
func TestTLS(t *testing.T) {
	s := newDemoStore(t)
	conf, ca := certificate(t)
	_, other := certificate(t)
	note, secret, err := local.Read(serveTLS(t, s, conf))
	if err != nil {
		t.Fatal(err)
	}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		flags []string
		code  int
		out   string // in what is written
	}{
		{[]string{"--server", note.Address, "--token-file", token, "--ca", ca}, exitDone, "643"},
		{[]string{"--server", note.Address, "--token-file", token}, exitFailed, "not trusted"},
		{[]string{"--server", note.Address, "--token-file", token, "--ca", other}, exitFailed, "--ca"},
		{[]string{"--server", note.Address, "--token-file", token, "--ca", token}, exitFailed, "no certificate in PEM"},
		{[]string{"--server", strings.Replace(note.Address, "https", "http", 1), "--token-file", token}, exitFailed, "400"},
		{[]string{"--data", t.TempDir(), "--ca", ca}, exitUsage, "give --server"},
	}
	for _, tt := range tests {
		out, errs, code := asked(t, s, "", append([]string{"query", "audit | count"}, tt.flags...)...)
		if code != tt.code || !strings.Contains(out+errs, tt.out) {
			t.Errorf("%q: exit %d, want %d and %q\n%s%s", tt.flags, code, tt.code, tt.out, out, errs)
		}
	}
}
