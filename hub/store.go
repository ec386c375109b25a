package hub

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/ledger"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/store/lake"
	"github.com/lynceus-io/lynceus/store/lake/duck"
)

// lakeDir is where the lake stands in a data directory, tempDir what queries
// put aside, and identityFile what the store is called.
const (
	lakeDir      = "lake"
	tempDir      = "tmp"
	identityFile = "store.id"
)

// Store answers questions from the lake of a data directory. It implements
// hunt.Querier and may be used by several goroutines.
type Store struct {
	*hunt.Store
	lake     *lake.Lake
	engine   *duck.Engine
	identity string

	now func() time.Time

	// The ledger: that of a running server, or else one that is read when it is asked first.
	books atomic.Pointer[coverage.Book]
	read  sync.Mutex
}

// OpenStore opens the store of a data directory for reading, beside a server
// that runs there or without one. The caller must Close it.
func OpenStore(ctx context.Context, dir string) (*Store, error) {
	s, _, err := openStore(ctx, dir, lake.Options{ReadOnly: true})
	return s, err
}

// openStore opens the lake below dir and an engine for it.
func openStore(ctx context.Context, dir string, o lake.Options) (s *Store, r *lake.Recovery, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, nil, err
	}
	o.Dir = filepath.Join(dir, lakeDir)
	if o.Now == nil {
		o.Now = time.Now
	}
	s = &Store{now: o.Now}
	if s.identity, err = identityOf(dir, o.ReadOnly); err != nil {
		return nil, nil, err
	}
	if s.lake, r, err = lake.Open(ctx, o); err != nil {
		return nil, nil, err
	}
	s.engine, err = duck.Open(s.lake, duck.Options{Directories: []string{o.Dir}, TempDir: filepath.Join(dir, tempDir)})
	if err != nil {
		return nil, nil, errors.Join(err, s.lake.Close())
	}
	s.Store = hunt.NewStore(s.engine, hunt.StoreOptions{Now: o.Now, Holds: s.holds, Coverage: s.Coverage})
	return s, r, nil
}

// identityOf returns what the store of a directory is called, for as long as
// it exists.
func identityOf(dir string, readOnly bool) (string, error) {
	name := filepath.Join(dir, identityFile)
	b, err := os.ReadFile(name)
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if readOnly {
		return "", fmt.Errorf("%s holds no store; lynceus up makes one", dir)
	}
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return "", err
	}
	text := hex.EncodeToString(id[:])
	return text, os.WriteFile(name, []byte(text+"\n"), 0o600)
}

// Identity is what the store is called, for as long as it exists.
func (s *Store) Identity() string { return s.identity }

// Close ends the engine and lets the lake go.
func (s *Store) Close() error { return errors.Join(s.engine.Close(), s.lake.Close()) }

// Coverage says what is missing of a stretch of time.
func (s *Store) Coverage(ctx context.Context, q coverage.Question) (*coverage.Statement, error) {
	b := s.books.Load()
	if b == nil {
		s.read.Lock()
		defer s.read.Unlock()
		if b = s.books.Load(); b == nil {
			var err error
			if b, err = ledger.Read(ctx, live.Lake{Lake: s.lake}, 0, s.now()); err != nil {
				return nil, err
			}
			s.books.Store(b)
		}
	}
	return b.State(q, s.now()), nil
}

// holds reports whether a table has rows.
func (s *Store) holds(_ context.Context, c event.Class) (bool, error) {
	for _, t := range s.lake.Stats().Tables {
		if t.Class == c {
			return t.Rows > 0, nil
		}
	}
	return false, nil
}
