package pki_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

var node = peer.Name{Kind: peer.Sensor, ClusterUID: "u1", Node: "node-1.example"}

func open(t *testing.T, dir string, c *clock) *pki.Authority {
	t.Helper()
	a, err := pki.Open(dir, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func identity(t *testing.T, a *pki.Authority, n peer.Name) *pki.Identity {
	t.Helper()
	r, err := pki.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Issue([]byte(r.PEM), n)
	if err != nil {
		t.Fatal(err)
	}
	i, err := r.Identity(peer.Issued{Certificate: c, Authorities: a.Authorities()})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func judge(a *pki.Authority, i *pki.Identity) (peer.Name, error) {
	return a.Peer(&tls.ConnectionState{PeerCertificates: []*x509.Certificate{i.Certificate.Leaf}})
}

func TestCertificatesSayWhoOneIs(t *testing.T) {
	dir, c := t.TempDir(), &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	a := open(t, dir, c)
	i := identity(t, a, node)
	if i.Name != node || i.Ends.Sub(c.at) != pki.Life || i.Half().Sub(c.at) != pki.Life/2 {
		t.Errorf("%+v ends %v, half %v", i.Name, i.Ends, i.Half())
	}
	a = open(t, dir, c) // as after a restart
	if n, err := judge(a, i); err != nil || n != node {
		t.Errorf("%+v %v", n, err)
	}
	again, err := pki.ParseIdentity(i.Encode())
	if err != nil || again.Name != node || !again.Ends.Equal(i.Ends) {
		t.Errorf("%+v %v", again, err)
	}
	c.at = c.at.Add(pki.Life + time.Second)
	if _, err := judge(a, i); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("an expired certificate: %v", err)
	}
	other := open(t, t.TempDir(), c)
	if _, err := judge(other, identity(t, a, node)); err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Errorf("a certificate of another authority: %v", err)
	}
	if _, err := a.Peer(&tls.ConnectionState{}); err == nil {
		t.Error("no certificate is taken for one")
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "*"))
	if info, err := os.Stat(paths[0]); len(paths) != 1 || err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", paths, err)
	}
	if err := os.Chmod(paths[0], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := pki.Open(dir, c.now); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: %v", err)
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	a := open(t, t.TempDir(), &clock{time.Now()})
	good, err := pki.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(good.PEM))
	block.Bytes[len(block.Bytes)-1] ^= 1
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	for what, r := range map[string][]byte{
		"":               []byte("x"),
		"read":           pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: []byte{1}}),
		"not signed":     pem.EncodeToMemory(block),
		"another key":    pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}),
		"not PEM":        pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		"kind of peer":   nil,
		"PEM":            {},
		"the certificat": []byte(strings.Repeat("-----BEGIN ", 1000)),
	} {
		n := node
		if r == nil {
			r, n.Kind = []byte(good.PEM), "admin"
		}
		if _, err := a.Issue(r, n); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestRotation(t *testing.T) {
	dir, c := t.TempDir(), &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	a := open(t, dir, c)
	old := identity(t, a, node)
	first := old.Certificate.Leaf.Issuer.CommonName
	if err := a.Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := a.Rotate(); err == nil {
		t.Error("rotated while it was being rotated")
	}
	if got := identity(t, a, node); got.Certificate.Leaf.Issuer.CommonName != first || strings.Count(a.Authorities(), "BEGIN") != 2 {
		t.Error("the new authority is not announced before it issues")
	}
	c.at = c.at.Add(pki.Life + 10*time.Minute)
	middle := identity(t, a, node)
	if middle.Certificate.Leaf.Issuer.CommonName == first {
		t.Error("the new authority does not issue after a day")
	}
	c.at = c.at.Add(pki.Life / 2)
	a = open(t, dir, c)
	if _, err := judge(a, middle); err != nil {
		t.Error(err)
	}
	c.at = c.at.Add(pki.Life / 2)
	last := identity(t, a, node)
	if _, err := judge(a, last); err != nil || strings.Count(a.Authorities(), "BEGIN") != 1 {
		t.Errorf("%v, and %d authorities", err, strings.Count(a.Authorities(), "BEGIN"))
	}
	if paths, _ := filepath.Glob(filepath.Join(dir, "*")); len(paths) != 1 {
		t.Errorf("files %v", paths)
	}
	c.at = c.at.AddDate(4, 2, 0)
	if open(t, dir, c); true {
		if paths, _ := filepath.Glob(filepath.Join(dir, "*")); len(paths) != 2 {
			t.Errorf("an authority in its last year has no successor: %v", paths)
		}
	}
}

func FuzzParseIdentity(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if i, err := pki.ParseIdentity(data); err == nil && i.Name.Valid() != nil {
			t.Errorf("%+v", i.Name)
		}
	})
}
