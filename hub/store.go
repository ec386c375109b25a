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
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
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
	lake     *lake.Lake
	engine   *duck.Engine
	identity string
	now      func() time.Time
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
	s = &Store{now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
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

// compile reads a request's query.
func (s *Store) compile(r hunt.Request) (*kql.Query, error) {
	now := r.Now
	if now.IsZero() {
		now = s.now()
	}
	o := kql.Options{Now: now, Since: r.From, Until: r.To, Params: map[string]value.Value{}}
	if r.Since > 0 {
		if since := now.Add(-r.Since); o.Since.IsZero() || since.After(o.Since) {
			o.Since = since
		}
	}
	for name, text := range r.Params {
		o.Params[name] = value.String(text)
	}
	return kql.Compile(r.KQL, o)
}

// Explain says how a query would be answered by either kind of store.
func (s *Store) Explain(_ context.Context, r hunt.Request) (string, error) {
	q, err := s.compile(r)
	if err != nil {
		return "", err
	}
	return q.Explain(sql.DuckDB, sql.ClickHouse), nil
}

// Query starts a query.
func (s *Store) Query(ctx context.Context, r hunt.Request) (hunt.Answer, error) {
	q, err := s.compile(r)
	if err != nil {
		return nil, err
	}
	result, err := q.Run(ctx, s.engine, kql.Limits{Rows: r.MaxRows, MaxBytes: r.MaxBytes, Timeout: r.Timeout})
	if err != nil {
		return nil, err
	}
	a := &answer{Result: result, limit: r.MaxRows, lacking: s.lacking(q.Plan())}
	if p := q.Render(); p != nil {
		a.render = hunt.Render{Kind: p.Kind, Properties: p.Properties}
	}
	return a, nil
}

// lacking names the tables that a plan reads and that hold nothing: an answer
// from them says nothing about what happened.
func (s *Store) lacking(node plan.Node) []string {
	has := map[event.Class]bool{}
	for _, t := range s.lake.Stats().Tables {
		has[t.Class] = t.Rows > 0
	}
	var out []string
	seen := map[event.Class]bool{}
	walk(node, func(n plan.Node) {
		if scan, ok := n.(*plan.Scan); ok && !has[scan.Table] && !seen[scan.Table] {
			seen[scan.Table] = true
			out = append(out, fmt.Sprintf("the store has no %s events: nothing was received that fills the table %s", scan.Table, scan.Table))
		}
	})
	if len(seen) >= len(event.Classes())-3 { // a search over everything
		return nil
	}
	return out
}

// walk calls f for every operator of a plan.
func walk(node plan.Node, f func(plan.Node)) {
	f(node)
	for _, in := range node.Inputs() {
		walk(in, f)
	}
}

// answer is a result as hunting has it.
type answer struct {
	*kql.Result
	render  hunt.Render
	limit   int64
	lacking []string
}

// Progress says how far it has come.
func (a *answer) Progress() hunt.Progress {
	st := a.Stats()
	return hunt.Progress{Rows: st.Rows, ScannedRows: st.ScannedRows, ScannedBytes: st.ScannedBytes, Elapsed: st.Duration}
}

// Render is the picture that the query asks for.
func (a *answer) Render() hunt.Render { return a.render }

// Notes are what a reader must know of the answer.
func (a *answer) Notes() []string {
	notes := a.lacking
	if a.Truncated() {
		notes = append(notes[:len(notes):len(notes)], fmt.Sprintf("the answer was cut off after %d rows; ask for fewer, or raise the limit", a.limit))
	}
	return notes
}
