package token

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newStore(t *testing.T) (*Store, *clock, string) {
	t.Helper()
	c := &clock{time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	s, err := Open(dir, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return s, c, dir
}

func TestCreateCheckRevoke(t *testing.T) {
	s, c, dir := newStore(t)
	tok, text, err := s.Create(New{Name: " jane ", Role: Analyst, Life: time.Hour, By: "root"})
	if err != nil || tok.Name != "jane" || !strings.HasPrefix(text, "lyn_"+tok.ID+"_") {
		t.Fatalf("%+v %q %v", tok, text, err)
	}
	if got, err := s.Check(text); err != nil || !reflect.DeepEqual(got, tok) {
		t.Errorf("%+v %v", got, err)
	}
	for _, bad := range []string{"", "lyn_", text[:len(text)-1], text + "x", strings.ToUpper(text), "lyn_" + tok.ID + "_" + strings.Repeat("A", 43)} {
		if _, err := s.Check(bad); !errors.Is(err, ErrUnknown) {
			t.Errorf("Check(%q): %v", bad, err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil || strings.Contains(string(b), text[len("lyn_")+13:]) {
		t.Errorf("the file holds the secret: %s %v", b, err)
	}
	c.t = c.t.Add(time.Hour)
	if _, err := s.Check(text); !errors.Is(err, ErrUnknown) {
		t.Errorf("an expired token passes: %v", err)
	}
}

// A token that another process revokes is refused by a server that runs.
func TestRevokedElsewhere(t *testing.T) {
	s, c, dir := newStore(t)
	tok, text, err := s.Create(New{Name: "jane", Role: Viewer, By: "root"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(dir, c.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Check(text); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Revoke(tok.ID); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(recheck)
	if _, err := other.Check(text); !errors.Is(err, ErrUnknown) {
		t.Errorf("a revoked token passes: %v", err)
	}
	if _, err := s.Revoke(tok.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	s, _, _ := newStore(t)
	tests := []struct {
		name string
		role Role
		life time.Duration
	}{{"", Viewer, 0}, {strings.Repeat("x", 101), Viewer, 0}, {"a", 0, 0}, {"a", 9, 0}, {"a", Viewer, -1}}
	for _, tt := range tests {
		if _, _, err := s.Create(New{Name: tt.name, Role: tt.role, Life: tt.life, By: "root"}); err == nil {
			t.Errorf("%+v was accepted", tt)
		}
	}
}

func TestFileOfOthers(t *testing.T) {
	s, c, dir := newStore(t)
	if _, _, err := s.Create(New{Name: "jane", Role: Viewer, By: "root"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, FileName)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, c.now); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that all may read: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"schema":"lynceus.tokens/v1","tokens":[{"id":"0011","name":"a","role":"viewer","sha256":"00"}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		list, err := decode(in)
		if err != nil {
			return
		}
		if _, err := json.Marshal(list); err != nil {
			t.Error(err)
		}
	})
}
