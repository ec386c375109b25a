package login

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A Session is that somebody is signed in at a server.
type Session struct {
	// Server is its URL, Authorities, in PEM, vouch for it; "" means the system's.
	Server      string `json:"server"`
	Authorities string `json:"authorities,omitempty"`
	// Issuer, ClientID, Secret and Scopes are those of Options; IssuerAuthorities
	// are in PEM.
	Issuer            string   `json:"issuer"`
	ClientID          string   `json:"client_id"`
	Secret            string   `json:"client_secret,omitempty"`
	Scopes            []string `json:"scopes,omitempty"`
	IssuerAuthorities string   `json:"issuer_authorities,omitempty"`
	Tokens
}

// Provider asks the session's identity provider for what it can do.
func (s *Session) Provider(ctx context.Context, now func() time.Time) (*Provider, error) {
	o := Options{Issuer: s.Issuer, ClientID: s.ClientID, Secret: s.Secret, Scopes: s.Scopes, Now: now}
	if s.IssuerAuthorities != "" {
		o.Authorities = x509.NewCertPool()
		if !o.Authorities.AppendCertsFromPEM([]byte(s.IssuerAuthorities)) {
			return nil, errors.New("the authority of the identity provider's certificate is no certificate in PEM")
		}
	}
	return Discover(ctx, o)
}

// ErrNone is returned where nobody is signed in at a server.
var ErrNone = errors.New("nobody is signed in at that server")

// early is how long before its end a token is renewed.
const early = time.Minute

// maxSession bounds the file of a session, in bytes.
const maxSession = 1 << 20

// Sessions keeps sessions in a directory, one file each, which only its owner may
// read. Several processes may use it at once.
type Sessions struct{ Dir string }

// file returns the file of a server's session.
func (s Sessions) file(server string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("%q is no URL of a server", server)
	}
	text := strings.ToLower(u.Scheme) + "://" + strings.ToLower(u.Host) + strings.TrimSuffix(u.Path, "/")
	sum := sha256.Sum256([]byte(text))
	return filepath.Join(s.Dir, "session-"+hex.EncodeToString(sum[:12])+".json"), nil
}

// Load returns the session at a server. The error is ErrNone where there is
// none; a file that others may read is an error, too.
func (s Sessions) Load(server string) (Session, error) {
	name, err := s.file(server)
	if err != nil {
		return Session{}, err
	}
	return load(name)
}

func load(name string) (x Session, err error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return x, ErrNone
	case err != nil:
		return x, err
	case info.Mode().Perm()&0o077 != 0:
		return x, fmt.Errorf("%s may be read by others, who could sign in by it: sign out and in again, or chmod 600 it", name)
	case info.Size() > maxSession:
		return x, fmt.Errorf("%s is longer than %d bytes; sign in again", name, maxSession)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return x, err
	}
	if err := json.Unmarshal(b, &x); err != nil || x.Server == "" {
		return x, fmt.Errorf("%s is broken; sign in again", name)
	}
	return x, nil
}

// List returns all sessions. Broken ones are left out.
func (s Sessions) List() ([]Session, error) {
	names, err := filepath.Glob(filepath.Join(s.Dir, "session-*.json"))
	var out []Session
	for _, name := range names {
		if x, err := load(name); err == nil {
			out = append(out, x)
		}
	}
	return out, err
}

// Save keeps a session in the place of one at the same server.
func (s Sessions) Save(x Session) error {
	name, err := s.file(x.Server)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(s.Dir, ".session-*") // which nobody else may read
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keep the session: %w", err)
	}
	return os.Rename(f.Name(), name)
}

// Remove forgets the session at a server. It is no error if there is none.
func (s Sessions) Remove(server string) error {
	name, err := s.file(server)
	if err != nil {
		return err
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Fresh returns the session at a server with a token that is good for a while:
// one that ends soon is renewed first. The error wraps ErrNone or ErrEnded where
// somebody has to sign in.
func (s Sessions) Fresh(ctx context.Context, server string, now func() time.Time) (Session, error) {
	x, err := s.Load(server)
	if err != nil || x.Expires.Sub(now()) > early {
		return x, err
	}
	unlock, err := s.lock()
	if err != nil {
		return x, err
	}
	defer unlock()
	// Another process may have renewed it meanwhile; what it is renewed by is good
	// once.
	if x, err = s.Load(server); err != nil || x.Expires.Sub(now()) > early {
		return x, err
	}
	p, err := x.Provider(ctx, now)
	if err == nil {
		var next Tokens
		if next, err = p.Refresh(ctx, x.Tokens); err == nil {
			x.Tokens = next
			return x, s.Save(x)
		}
	}
	if x.Expires.After(now()) && !errors.Is(err, ErrEnded) {
		return x, nil // it is good still; the provider may answer the next time
	}
	return x, err
}

// lock keeps other processes from renewing sessions.
func (s Sessions) lock() (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(s.Dir, "sessions.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("wait for another lynceus that renews the session: %w", err)
	}
	return func() { f.Close() }, nil
}
