package cli

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
)

// Certificates in the data directory are looked at, wherever they lie in it.
func TestDoctorCertificates(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "pki"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, from, to time.Time) {
		t.Helper()
		c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to}
		der, err := x509.CreateCertificate(nil, c, c, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "pki", name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	day := 24 * time.Hour
	write("a-good", noon.Add(-day), noon.Add(90*day))
	write("b-over", noon.Add(-3*day), noon.Add(-day))
	write("c-soon", noon.Add(-90*day), noon.Add(time.Hour))
	write("d-future", noon.Add(time.Hour), noon.Add(day))
	write("e-short", noon.Add(-13*time.Hour), noon.Add(11*time.Hour))
	if err := os.WriteFile(filepath.Join(dir, "f-broken.crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &app{now: func() time.Time { return noon }}
	got := map[string]coverage.Level{}
	for _, c := range a.checkCertificates(dir) {
		for _, name := range []string{"a-good", "b-over", "c-soon", "d-future", "e-short", "f-broken"} {
			if strings.Contains(c.Text, name) {
				got[name] = c.Level
			}
		}
	}
	for name, want := range map[string]coverage.Level{
		"a-good": coverage.Fine, "b-over": coverage.Failure, "c-soon": coverage.Warning, "d-future": coverage.Failure, "e-short": coverage.Fine, "f-broken": coverage.Failure,
	} {
		if level, ok := got[name]; !ok || level != want {
			t.Errorf("%s: %v (told: %v), want %v", name, level, ok, want)
		}
	}
}

// Without a data directory or a server doctor says so, and what to do.
func TestDoctorAlone(t *testing.T) {
	var out strings.Builder
	a := &app{stdout: &out, stderr: &out, now: time.Now, getenv: func(string) string { return "" }, openStore: openStore}
	list := a.checks(t.Context(), &sourceFlags{data: filepath.Join(t.TempDir(), "none")})
	if coverage.Worst(list) != coverage.Failure || list[0].Code != "directory" || list[len(list)-1].Code != "server" || list[len(list)-1].Level != coverage.Warning {
		t.Errorf("%+v", list)
	}
}
