package clickhouse

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Options say where the database is and how it is laid out. Zero values are
// the defaults that the members name.
type Options struct {
	// URL is the HTTP interface: http(s)://user:password@host:port/database.
	// The user makes tables and inserts.
	URL string
	// QueryURL is the same for queries, best with a user who may only read
	// the database; URL where it is empty. Its database must be the same.
	QueryURL string
	// TLS is the client's side of https; nil is the system's trust.
	TLS *tls.Config
	// Layout is how tables are spread over servers; the zero value is one
	// server.
	Layout Layout
	// Retention is how long rows of a table are kept, by the time at which
	// they were received; absent or 0 means for ever. Nil leaves the tables
	// as they are: for ever when they are made.
	Retention map[event.Class]time.Duration
	// QueryTimeout bounds the time of a query on the server: a minute.
	QueryTimeout time.Duration
	// QueryMemory bounds the memory of a query on the server, in bytes: 4 GiB.
	QueryMemory int64
	// InsertTimeout bounds the time of an insert and of a step of migration:
	// five minutes.
	InsertTimeout time.Duration
}

// Defaults of Options.
const (
	defaultQueryTimeout  = time.Minute
	defaultQueryMemory   = 4 << 30
	defaultInsertTimeout = 5 * time.Minute
)

// Store is a database of ClickHouse. Its methods may be called at once from
// several goroutines.
type Store struct {
	write, read *client
	database    string
	layout      Layout
	retention   map[event.Class]time.Duration
	queryTime   time.Duration
	queryMemory int64
	insertTime  time.Duration
}

// New returns the store that o describes. It connects to nothing yet: Ping
// does.
func New(o Options) (*Store, error) {
	if err := o.Layout.check(); err != nil {
		return nil, err
	}
	write, database, err := newClient(o.URL, o.TLS)
	if err != nil {
		return nil, err
	}
	s := &Store{write: write, read: write, database: database, layout: o.Layout, retention: o.Retention,
		queryTime: o.QueryTimeout, queryMemory: o.QueryMemory, insertTime: o.InsertTimeout}
	if o.QueryURL != "" {
		read, other, err := newClient(o.QueryURL, o.TLS)
		if err != nil {
			return nil, err
		}
		if other != database {
			return nil, fmt.Errorf("the URL for queries names database %q, the one for inserts %q: name one", other, database)
		}
		s.read = read
	}
	if s.queryTime <= 0 {
		s.queryTime = defaultQueryTimeout
	}
	if s.queryMemory <= 0 {
		s.queryMemory = defaultQueryMemory
	}
	if s.insertTime <= 0 {
		s.insertTime = defaultInsertTimeout
	}
	return s, nil
}

// Database returns the name of the database.
func (s *Store) Database() string { return s.database }

// Address returns where the store is, without its users: host:port/database.
func (s *Store) Address() string { return s.write.base.Host + "/" + s.database }

// HasRows reports whether a table has any.
func (s *Store) HasRows(ctx context.Context, c event.Class) (bool, error) {
	out, err := s.read.text(ctx, request{query: "SELECT count() > 0 FROM " + s.table(c.String())})
	return out == "1", err
}

// Ping asks the server whether it is there and lets both users in.
func (s *Store) Ping(ctx context.Context) error {
	for _, c := range []*client{s.write, s.read} {
		if _, err := c.text(ctx, request{query: "SELECT 1"}); err != nil {
			return err
		}
	}
	return nil
}

// Close ends idle connections. Queries that run are not disturbed.
func (s *Store) Close() {
	s.write.close()
	s.read.close()
}

// exec runs a statement that changes something.
func (s *Store) exec(ctx context.Context, query string) error {
	_, err := s.write.text(ctx, request{query: query, settings: url.Values{"max_execution_time": {seconds(s.insertTime)}}})
	return err
}

// table returns the name of a table as SQL. The database is always named: a
// session's own does not count.
func (s *Store) table(name string) string {
	return quoteName(s.database) + "." + quoteName(name)
}

// errNoDatabase tells what a URL lacks.
var errNoDatabase = errors.New("the URL names no database: write http(s)://user:password@host:port/database")
