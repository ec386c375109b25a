package saved

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed builtin/*.kql
var builtinFiles embed.FS

// Errors of a library.
var (
	// ErrNotFound says that no query has that name.
	ErrNotFound = errors.New("no query has that name")
	// ErrBuiltIn says that a query comes with Lynceus and cannot be changed.
	ErrBuiltIn = errors.New("the query comes with Lynceus and cannot be changed; save yours under another name")
)

// Stored is a query as a Store keeps it.
type Stored struct {
	Name    string    `json:"name"`
	Text    string    `json:"text"`
	Author  string    `json:"author"`
	Changed time.Time `json:"changed"`
}

// Store keeps the queries that people save. It is safe for concurrent use.
type Store interface {
	// List returns all, in any order.
	List(ctx context.Context) ([]Stored, error)
	// Get returns one, or ErrNotFound.
	Get(ctx context.Context, name string) (Stored, error)
	Put(ctx context.Context, s Stored) error
	// Delete takes one away; ErrNotFound where there is none.
	Delete(ctx context.Context, name string) error
}

// MaxQueries bounds how many queries people can save.
const MaxQueries = 1000

// Library is the queries of an installation.
type Library struct {
	builtin []*Query
	store   Store
	now     func() time.Time
}

// NewLibrary returns the built-in queries and those of a store; store may be
// nil: then none can be saved.
func NewLibrary(store Store, now func() time.Time) (*Library, error) {
	builtin, err := BuiltIn()
	if err != nil {
		return nil, err
	}
	return &Library{builtin, store, now}, nil
}

// BuiltIn returns the queries that come with Lynceus, in order of name.
func BuiltIn() ([]*Query, error) {
	files, err := fs.Glob(builtinFiles, "builtin/*.kql")
	if err != nil {
		return nil, fmt.Errorf("saved queries: %w", err)
	}
	var out []*Query
	for _, f := range files {
		b, err := builtinFiles.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("saved queries: %w", err)
		}
		q, err := Parse(strings.TrimSuffix(path.Base(f), ".kql"), string(b))
		if err != nil {
			return nil, fmt.Errorf("saved queries: %s: %w", f, err)
		}
		q.BuiltIn = true
		out = append(out, q)
	}
	return out, nil
}

// List returns all queries, the built-in ones first, each in order of name.
// A stored one that cannot be read any more is left out and named in broken.
func (l *Library) List(ctx context.Context) (list []*Query, broken []string, err error) {
	list = slices.Clone(l.builtin)
	if l.store == nil {
		return list, nil, nil
	}
	kept, err := l.store.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(kept, func(a, b Stored) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range kept {
		q, err := s.query()
		if err != nil {
			broken = append(broken, s.Name)
			continue
		}
		list = append(list, q)
	}
	return list, broken, nil
}

func (s *Stored) query() (*Query, error) {
	q, err := Parse(s.Name, s.Text)
	if err != nil {
		return nil, err
	}
	q.Author, q.Changed = s.Author, s.Changed
	return q, nil
}

// Get returns a query, or ErrNotFound.
func (l *Library) Get(ctx context.Context, name string) (*Query, error) {
	for _, q := range l.builtin {
		if q.Name == name {
			return q, nil
		}
	}
	if l.store == nil {
		return nil, ErrNotFound
	}
	s, err := l.store.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.query()
}

// Save keeps a query under a name, replacing the one that had it.
func (l *Library) Save(ctx context.Context, name, text, author string) (*Query, error) {
	if l.isBuiltIn(name) {
		return nil, ErrBuiltIn
	}
	if l.store == nil {
		return nil, errors.New("queries cannot be saved here: no store for them is connected")
	}
	q, err := Parse(name, text)
	if err != nil {
		return nil, err
	}
	kept, err := l.store.List(ctx)
	if err != nil {
		return nil, err
	}
	if len(kept) >= MaxQueries && !slices.ContainsFunc(kept, func(s Stored) bool { return s.Name == name }) {
		return nil, fmt.Errorf("%d queries are saved already: remove some first", len(kept))
	}
	q.Author, q.Changed = author, l.now().UTC().Truncate(time.Second)
	return q, l.store.Put(ctx, Stored{name, text, author, q.Changed})
}

// Remove takes a query away.
func (l *Library) Remove(ctx context.Context, name string) error {
	if l.isBuiltIn(name) {
		return ErrBuiltIn
	}
	if l.store == nil {
		return ErrNotFound
	}
	return l.store.Delete(ctx, name)
}

func (l *Library) isBuiltIn(name string) bool {
	return slices.ContainsFunc(l.builtin, func(q *Query) bool { return q.Name == name })
}
