//go:build cgo

package hub

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
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lynceus-io/lynceus/internal/require"
)

// What busAuthority leaves in a directory.
const (
	busCA   = "ca.pem"
	busCert = "cert.pem"
	busKey  = "key.pem"
)

// busAuthority makes an authority and a certificate of it for whoever speaks on the bus of a test, and returns the directory.
func busAuthority(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	make := func(name string, of *x509.Certificate, by *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if by == nil {
			by, signer = of, key
		}
		der, err := x509.CreateCertificate(rand.Reader, of, by, &key.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert, key
	}
	from, to := time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	ca, caKey := make(busCA, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bus"}, NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	_, key := make(busCert, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "lynceus"}, NotBefore: from, NotAfter: to, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, ca, caKey)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, busKey), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// busTLS is how one speaks on a bus whose authority is in a directory, as server and as client; nil for "".
func busTLS(t *testing.T, dir string) *tls.Config {
	t.Helper()
	if dir == "" {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, busCert), filepath.Join(dir, busKey))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(dir, busCA))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &tls.Config{Certificates: []tls.Certificate{cert}, RootCAs: pool, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13}
}

// electionTTL is how long a process may be silent on several servers: longer than they take to agree on another leader.
const electionTTL = 30 * time.Second

// Roles apart, on three servers of NATS that let nobody in without a certificate, and speak TLS with each other: one that
// leads is killed between, and what is found and stored is what one process has.
func TestUpApartTLS(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for three servers to agree")
	}
	t.Parallel()
	c := startNATS(t, busAuthority(t))
	stranger := busTLS(t, c.pki)
	stranger.Certificates = nil
	if conn, err := nats.Connect(c.url(), nats.Secure(stranger)); err == nil {
		conn.Close()
		t.Error("somebody without a certificate is let in")
	}
	lines := logLines(t, demoLog)[:200]
	clusters := apartClusters
	one := apart(t, UpOptions{Webhook: manyClusters(clusters...)})
	defer stopUp(t, one)
	o := c.bus(2)
	o.TTL = electionTTL
	store := apart(t, UpOptions{Bus: o}, Storage, Answers)
	defer stopUp(t, store)
	judge := apart(t, UpOptions{Bus: o}, Detection)
	defer stopUp(t, judge)
	in := apart(t, UpOptions{Bus: o, Webhook: manyClusters(clusters...)}, Intake)
	defer stopUp(t, in)
	post := func(lines [][]byte) {
		for _, name := range clusters {
			postAs(t, one.WebhookAddress, name, lines)
			postAs(t, in.WebhookAddress, name, lines)
		}
	}
	post(lines[:100])
	victim := -1
	until(t, 2*time.Minute, "the cluster is not whole", func() (whole bool) {
		victim, whole = c.leader(store)
		return whole && victim >= 0
	})
	c.kill(victim)
	post(lines[100:])
	c.start(victim)
	until(t, 3*time.Minute, "not all is stored", func() bool { return !one.behind(t.Context()) && !store.behind(t.Context()) })
	for _, kql := range []string{"audit | count", "audit | distinct metadata.uid | count"} {
		if got, want := number(t, store.store, kql), number(t, one.store, kql); got != want {
			t.Errorf("%s: %s, and %s by one process", kql, got, want)
		}
	}
}

// TestSoakKillApartTLS is TestKillApart there, where servers of NATS are killed, too.
func TestSoakKillApartTLS(t *testing.T) {
	require.Soak(t)
	c := startNATS(t, busAuthority(t))
	killApart(t, 20, apartBus{url: c.url(), ttl: electionTTL, pki: c.pki, servers: c})
}
