package login

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/issuertest"
)

// signedIn is a session of a provider of a test, kept in a directory.
func signedIn(t *testing.T, site *issuertest.Provider) (Sessions, Session) {
	t.Helper()
	got, err := discover(t, site).Device(patience(t), func(string, string) {})
	if err != nil {
		t.Fatal(err)
	}
	x := Session{
		Server: "https://lynceus.example.org/", Issuer: site.URL, ClientID: site.Client, Tokens: got,
		IssuerAuthorities: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate()})),
	}
	s := Sessions{Dir: filepath.Join(t.TempDir(), "lynceus")}
	if err := s.Save(x); err != nil {
		t.Fatal(err)
	}
	return s, x
}

func TestSessions(t *testing.T) {
	s, x := signedIn(t, issuertest.New(t))
	got, err := s.Load("HTTPS://Lynceus.example.org")
	if err != nil || got.ID != x.ID || got.Refresh != x.Refresh {
		t.Errorf("%+v, %v", got, err)
	}
	name, err := s.file(x.Server)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if list, err := s.List(); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := s.Load("https://another.example.org"); !errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
	if err := os.Chmod(name, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(x.Server); err == nil || !strings.Contains(err.Error(), "read by others") {
		t.Errorf("%v", err)
	}
	if err := s.Remove(x.Server); err != nil {
		t.Error(err)
	}
	if _, err := s.Load(x.Server); !errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
}

// A token that ends soon is renewed, once, by however many processes at the same time.
func TestFresh(t *testing.T) {
	site := issuertest.New(t)
	s, x := signedIn(t, site)
	if got, err := s.Fresh(t.Context(), x.Server, time.Now); err != nil || got.ID != x.ID {
		t.Errorf("%+v, %v", got, err)
	}
	x.Expires = time.Now().Add(time.Second)
	if err := s.Save(x); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if got, err := s.Fresh(t.Context(), x.Server, time.Now); err != nil || got.ID == x.ID {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if used, _ := site.Counts(); used != 1 {
		t.Errorf("renewed %d times", used)
	}
	site.Forget()
	later := func() time.Time { return time.Now().Add(2 * time.Hour) }
	if _, err := s.Fresh(t.Context(), x.Server, later); !errors.Is(err, ErrEnded) {
		t.Errorf("%v", err)
	}
	if _, err := s.Fresh(t.Context(), "https://another.example.org", later); !errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
}
