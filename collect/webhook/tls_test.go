package webhook

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

var serial int64

// issue makes a certificate for a name, its own authority's when by is nil,
// and writes it and its key below dir.
func issue(tb testing.TB, dir, name string, by *authority) *authority {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	serial++
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: by == nil,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	a := &authority{tmpl, key}
	if by == nil {
		by = a
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, by.cert, &key.PublicKey, by.key)
	if err != nil {
		tb.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		tb.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	write := func(name, kind string, der []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	write(name+".crt", "CERTIFICATE", der)
	write(name+".key", "EC PRIVATE KEY", keyDER)
	return a
}

func TestCertificates(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	root := issue(t, dir, "root", nil)
	issue(t, dir, "server", root)
	issue(t, dir, "cp-1", root)
	issue(t, dir, "stranger", root)
	other := issue(t, dir, "other-root", nil)
	os.Mkdir(path("other"), 0o700)
	issue(t, path("other"), "cp-1", other)

	s := start(t, func(o *Options) { o.Clients = []Client{{Name: "cp-1", Certificate: "cp-1"}} })
	config, err := TLSConfig(TLSFiles{path("server.crt"), path("server.key"), path("root.crt")})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := Server(s.Handler, config, slog.New(slog.DiscardHandler))
	go server.ServeTLS(listener, "", "")
	t.Cleanup(func() { server.Close() })

	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	post := func(dir, name string) (int, string) {
		client := &tls.Config{RootCAs: roots}
		if name != "" {
			pair, err := tls.LoadX509KeyPair(filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key"))
			if err != nil {
				t.Fatal(err)
			}
			client.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
		}
		c := &http.Client{Transport: &http.Transport{TLSClientConfig: client, ForceAttemptHTTP2: true}}
		defer c.CloseIdleConnections()
		res, err := c.Post("https://"+listener.Addr().String(), "application/json", strings.NewReader(list(doc("a"))))
		if err != nil {
			return 0, ""
		}
		defer res.Body.Close()
		return res.StatusCode, res.Proto
	}
	for _, test := range []struct {
		dir, name string
		want      int
	}{{dir, "cp-1", 200}, {dir, "stranger", 401}, {dir, "", 401}, {path("other"), "cp-1", 0}} {
		status, proto := post(test.dir, test.name)
		if status != test.want || status != 0 && proto != "HTTP/2.0" {
			t.Errorf("%s %q: %d %s", test.dir, test.name, status, proto)
		}
	}
}

// TestCertificateIsRenewed: a new certificate is used when it can be read.
func TestCertificateIsRenewed(t *testing.T) {
	dir := t.TempDir()
	root := issue(t, dir, "root", nil)
	first := issue(t, dir, "server", root)
	files := TLSFiles{Certificate: filepath.Join(dir, "server.crt"), Key: filepath.Join(dir, "server.key")}
	k := &keeper{files: files}
	var err error
	if k.config, err = k.load(); err != nil {
		t.Fatal(err)
	}
	serves := func(now time.Time) []byte { return k.current(now).Certificates[0].Certificate[0] }
	now := time.Now()
	if !bytes.Equal(serves(now), first.cert.Raw) {
		t.Error("the first certificate is not used")
	}
	os.WriteFile(files.Certificate, nil, 0o600)
	if !bytes.Equal(serves(now.Add(time.Minute)), first.cert.Raw) {
		t.Error("a certificate that cannot be read is used")
	}
	second := issue(t, dir, "server", root)
	if !bytes.Equal(serves(now.Add(time.Minute+time.Second)), first.cert.Raw) {
		t.Error("files are looked at too often")
	}
	if !bytes.Equal(serves(now.Add(2*time.Minute)), second.cert.Raw) {
		t.Error("the second certificate is not used")
	}
	for want, bad := range map[string]TLSFiles{
		"server's certificate":   {Certificate: dir, Key: dir},
		"no certificate in":      {files.Certificate, files.Key, files.Key},
		"authority of clients: ": {files.Certificate, files.Key, filepath.Join(dir, "gone")},
	} {
		if _, err := TLSConfig(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}
