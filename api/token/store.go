package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lynceus-io/lynceus/kql/scope"
)

// Errors of a store.
var (
	// ErrUnknown says that a token is none of those that are known, or has
	// expired.
	ErrUnknown = errors.New("the token is not known, or has expired")
	// ErrNotFound says that no token has that id.
	ErrNotFound = errors.New("no token has that id")
	errLimit    = errors.New("roles that change the installation see all of it")
)

// FileName is the name of the file with the tokens in a data directory.
const FileName = "tokens.json"

// Bounds of a store. A file over the limit is not one that this package wrote.
const (
	maxFile   = 1 << 20
	maxTokens = 1000
	maxName   = 100
	// maxCluster bounds the name of a cluster: that of a DNS domain.
	maxCluster = 253
	// recheck is how long a revoked token may still pass.
	recheck = time.Second
)

// Store is the tokens of a data directory. It is safe for concurrent use, by
// several processes too.
type Store struct {
	path string
	now  func() time.Time

	mu      sync.Mutex
	checked time.Time
	stamp   fileStamp
	tokens  []stored
}

// fileStamp tells one version of the file from another.
type fileStamp struct {
	modified time.Time
	size     int64
	inode    uint64
}

// Open returns the tokens of a data directory. The directory must exist; the
// file need not.
func Open(dir string, now func() time.Time) (*Store, error) {
	s := &Store{path: filepath.Join(dir, FileName), now: now}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s, s.reload()
}

// Check returns whose token text is, or ErrUnknown.
func (s *Store) Check(text string) (Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := idOf(text)
	if !ok {
		return Token{}, ErrUnknown
	}
	now := s.now()
	// One that was made this moment is known at once.
	fresh := !slices.ContainsFunc(s.tokens, func(t stored) bool { return t.ID == id })
	if fresh || now.Sub(s.checked) >= recheck || now.Before(s.checked) {
		if err := s.reload(); err != nil {
			return Token{}, err
		}
	}
	for i := range s.tokens {
		if t := &s.tokens[i]; t.ID == id && t.is(text) && !t.Expired(now) {
			return t.Token, nil
		}
	}
	return Token{}, ErrUnknown
}

// Get returns the token with an id, an expired one too; ok is false for one
// that was revoked or never made.
func (s *Store) Get(id string) (t Token, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	find := func() int { return slices.IndexFunc(s.tokens, func(t stored) bool { return t.ID == id }) }
	now := s.now()
	if find() < 0 || now.Sub(s.checked) >= recheck || now.Before(s.checked) {
		if err := s.reload(); err != nil {
			return Token{}, false, err
		}
	}
	i := find()
	if i < 0 {
		return Token{}, false, nil
	}
	return s.tokens[i].Token, true, nil
}

// List returns the tokens, the oldest first, expired ones too.
func (s *Store) List() ([]Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.reload(); err != nil {
		return nil, err
	}
	out := make([]Token, len(s.tokens))
	for i := range s.tokens {
		out[i] = s.tokens[i].Token
	}
	return out, nil
}

// New asks for a token. A Life of 0 means that it does not expire.
type New struct {
	Name    string
	Role    Role
	Cluster string // for Agent and Sensor, and for no other
	Node    string // for Sensor, and may be ""
	// Scope limits what a Viewer, Analyst or Responder may see.
	Scope scope.Scope
	Life  time.Duration
	By    string // who makes it
}

// Create makes a token and returns its text, which cannot be read again.
func (s *Store) Create(n New) (Token, string, error) {
	name, role, life := strings.TrimSpace(n.Name), n.Role, n.Life
	switch {
	case (role == Agent || role == Sensor) != (n.Cluster != ""):
		return Token{}, "", errors.New("a token of an agent or of sensors is for one cluster, and no other token is: give both role agent or sensor and a cluster, or neither")
	case n.Node != "" && role != Sensor:
		return Token{}, "", errors.New("a token of sensors alone is for one node")
	case len(n.Cluster) > maxCluster || len(n.Node) > maxCluster:
		return Token{}, "", fmt.Errorf("the name of a cluster or of a node has at most %d bytes", maxCluster)
	case name == "" || len(name) > maxName:
		return Token{}, "", fmt.Errorf("a token's name has 1 to %d bytes: say who will use it", maxName)
	case role.String() == "" || role == 0:
		return Token{}, "", errors.New("a token needs a role: viewer, analyst, responder, admin, agent or sensor")
	case !n.Scope.All() && !role.Limitable():
		return Token{}, "", fmt.Errorf("a token with the role %s cannot be limited to clusters and namespaces: give viewer, analyst or responder", role)
	case n.Scope.Check() != nil:
		return Token{}, "", n.Scope.Check()
	case life < 0:
		return Token{}, "", errors.New("a token cannot have expired before it is made: give a time to live, or 0 for none")
	}
	now := s.now().UTC().Truncate(time.Second)
	id, text := generate()
	t := stored{Token: Token{ID: id, Name: name, Role: role, Cluster: n.Cluster, Node: n.Node, Scope: n.Scope, Created: now, CreatedBy: n.By}, SHA256: hash(text)}
	if life > 0 {
		t.Expires = now.Add(life)
	}
	err := s.change(func(list []stored) ([]stored, error) {
		if len(list) >= maxTokens {
			return nil, fmt.Errorf("there are %d tokens already: revoke some first", len(list))
		}
		return append(list, t), nil
	})
	return t.Token, text, err
}

// Revoke makes a token useless, within a second for a running server.
func (s *Store) Revoke(id string) (Token, error) {
	var gone Token
	err := s.change(func(list []stored) ([]stored, error) {
		i := slices.IndexFunc(list, func(t stored) bool { return t.ID == id })
		if i < 0 {
			return nil, ErrNotFound
		}
		gone = list[i].Token
		return slices.Delete(list, i, i+1), nil
	})
	return gone, err
}

// change reads the file, applies f and writes it, holding a lock against
// other processes.
func (s *Store) change(f func([]stored) ([]stored, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	lock, err := os.OpenFile(s.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("tokens: lock %s: %w", lock.Name(), err)
	}
	if err := s.reload(); err != nil {
		return err
	}
	list, err := f(slices.Clone(s.tokens))
	if err != nil {
		return err
	}
	if err := write(s.path, list); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	s.stamp = fileStamp{}
	return s.reload()
}

// reload reads the file where it changed.
func (s *Store) reload() error {
	s.checked = s.now()
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		s.tokens, s.stamp = nil, fileStamp{}
		return nil
	}
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	stamp := stampOf(info)
	if stamp == s.stamp {
		return nil
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("tokens: others may read or write %s: run chmod 600 on it", s.path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	list, err := decode(b)
	if err != nil {
		return fmt.Errorf("tokens: %s: %w; restore it from a copy, or remove it and make new tokens", s.path, err)
	}
	s.tokens, s.stamp = list, stamp
	return nil
}

func stampOf(info fs.FileInfo) fileStamp {
	st := fileStamp{modified: info.ModTime(), size: info.Size()}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		st.inode = sys.Ino
	}
	return st
}

// document is the file.
type document struct {
	Schema string   `json:"schema"`
	Tokens []stored `json:"tokens"`
}

// The forms of the file. One with limited tokens has a form of its own, so
// that a program that knows of no limits does not take them for tokens of all.
const (
	schema        = "lynceus.tokens/v1"
	schemaLimited = "lynceus.tokens/v2"
)

func decode(b []byte) ([]stored, error) {
	if len(b) > maxFile {
		return nil, fmt.Errorf("it is larger than %d bytes", maxFile)
	}
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, err
	}
	if d.Schema != schema && d.Schema != schemaLimited {
		return nil, fmt.Errorf("it is of form %q, not %q or %q", d.Schema, schema, schemaLimited)
	}
	for _, t := range d.Tokens {
		if t.ID == "" || t.Role == 0 || len(t.SHA256) != 64 {
			return nil, fmt.Errorf("token %q lacks its role or hash", t.ID)
		}
		if err := t.Scope.Check(); err != nil || !t.Scope.All() && !t.Role.Limitable() {
			return nil, fmt.Errorf("token %q has a limit that it cannot have: %w", t.ID, errors.Join(err, errLimit))
		}
	}
	return d.Tokens, nil
}

// write replaces the file at once, so that a reader sees the old or the new.
func write(path string, list []stored) error {
	form := schema
	if slices.ContainsFunc(list, func(t stored) bool { return !t.Scope.All() }) {
		form = schemaLimited
	}
	b, err := json.MarshalIndent(document{form, list}, "", "  ")
	if err != nil {
		return err
	}
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
