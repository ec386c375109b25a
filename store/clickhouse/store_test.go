package clickhouse

import (
	"context"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/test/clickhouse/chtest"
)

// newStore returns a store in an empty database of the real engine, and its URL.
func newStore(t testing.TB, o Options) (s *Store, base string) {
	t.Helper()
	base, database := chtest.Database(t)
	o.URL = base + "/" + database
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, base
}

// migrated is newStore with the tables made.
func migrated(t testing.TB, o Options) *Store {
	t.Helper()
	s, _ := newStore(t, o)
	if _, err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewRefuses(t *testing.T) {
	tests := []struct{ url, query, want string }{
		{"", "", "only http://"},
		{"tcp://host:9000/db", "", "only http://"},
		{"http://host:8123", "", "names no database"},
		{"http://host:8123/a-b", "", "letters, digits"},
		{"http://host:8123/a'b", "", "letters, digits"},
		{"http://u:secret@host:port/db", "", "no URL"},
		{"http://host:8123/a", "http://host:8123/b", "name one"},
		{"http://host:8123/a?password=secret", "", "has parameters"},
		{"u:secret@host:8123/db", "", "only http://"},
		{"ftp://u:secret@host/db", "", "only http://"},
	}
	for _, tt := range tests {
		_, err := New(Options{URL: tt.url, QueryURL: tt.query})
		checkError(t, tt.url, err, tt.want)
	}
	if _, err := New(Options{URL: "http://h/d", Layout: Layout{Sharded: true}}); err == nil {
		t.Error("shards without a cluster were taken")
	}
	if _, err := New(Options{URL: "http://h/d", Layout: Layout{Cluster: "a' b"}}); err == nil {
		t.Error("a cluster's name with a quote was taken")
	}
}

func TestPing(t *testing.T) {
	s, _ := newStore(t, Options{})
	if err := s.Ping(context.Background()); err != nil {
		t.Error(err)
	}
	down, err := New(Options{URL: "http://user:secret@127.0.0.1:1/db"})
	if err != nil {
		t.Fatal(err)
	}
	checkKind(t, down.Ping(context.Background()), ErrUnavailable)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	checkKind(t, s.Ping(ctx), context.Canceled)
}

var testRetention = map[event.Class]time.Duration{event.ClassAudit: 30 * 24 * time.Hour}
