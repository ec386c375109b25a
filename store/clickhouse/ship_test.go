package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/test/clickhouse/chtest"
)

// newShipper returns a shipper of m with the journal in dir.
func newShipper(t testing.TB, s *Store, m *memory, dir string) *Shipper {
	t.Helper()
	sh, err := NewShipper(ShipperOptions{Store: s, Source: m, Origin: "lake-1", Journal: filepath.Join(dir, "shipping.json")})
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

func ship(t testing.TB, sh *Shipper, want int) {
	t.Helper()
	n, err := sh.Ship(context.Background())
	if err != nil || n != want {
		t.Fatalf("shipped %d segments, %v; want %d", n, err, want)
	}
}

// ask returns the answer of a query in the store's database.
func ask(t testing.TB, s *Store, query string) string {
	t.Helper()
	return chtest.Exec(t, s.write.base.Scheme+"://"+s.write.base.Host, s.database, query)
}

func TestShip(t *testing.T) {
	s := migrated(t, Options{})
	m := &memory{}
	m.add(t, "0/1-3/audit/2026030100", event.ClassAudit, audits(0, 3)...)
	m.add(t, "0/4-5/audit/2026030100", event.ClassAudit, audits(3, 2)...)
	dns := &event.Event{}
	dns.Reset(event.ClassDNS)
	event.QueryHostname.Set(dns, "example.com")
	m.add(t, "0/1-3/dns/2026030100", event.ClassDNS, dns)
	sh := newShipper(t, s, m, t.TempDir())
	ship(t, sh, 3)
	ship(t, sh, 0)
	if got := ask(t, s, "SELECT count(), uniqExact(metadata_uid) FROM audit"); got != "5\t5" {
		t.Errorf("audit has %q rows, want 5", got)
	}
	if got := ask(t, s, "SELECT _table, count() FROM events GROUP BY ALL ORDER BY ALL"); got != "audit\t5\ndns\t1" {
		t.Errorf("events has %q", got)
	}
	stats := sh.Stats()
	if stats.Segments != 3 || stats.Rows != 6 || stats.Found != 0 || stats.Failures != 0 || stats.Held != 0 || stats.LastError != nil {
		t.Errorf("stats %+v", stats)
	}
}

// TestShipTwice sends the same segment again under its token, with no memory of the first time: the engine knows it.
func TestShipTwice(t *testing.T) {
	s := migrated(t, Options{})
	for range 2 {
		m := &memory{}
		m.add(t, "0/1-100/audit/2026030100", event.ClassAudit, audits(0, 100)...)
		ship(t, newShipper(t, s, m, t.TempDir()), 1)
	}
	if got := ask(t, s, "SELECT count() FROM audit"); got != "100" {
		t.Errorf("%s rows, want 100", got)
	}
}

// TestShipSegmentIsOnePart makes sure that a segment of several of the engine's blocks arrives whole or not at all.
func TestShipSegmentIsOnePart(t *testing.T) {
	if testing.Short() {
		t.Skip("140,000 rows, sent one after the other")
	}
	s := migrated(t, Options{})
	m := &memory{}
	const rows = 140_000
	m.add(t, "0/1-3600/audit/2026030100", event.ClassAudit, audits(0, 3600)...)
	var many []*event.Event
	for range rows / 1000 {
		many = append(many, audits(0, 1000)...)
	}
	m.add(t, "0/3601-143600/audit/2026030100", event.ClassAudit, many...)
	ship(t, newShipper(t, s, m, t.TempDir()), 2)
	if got := ask(t, s, "SELECT groupArray(rows) FROM (SELECT rows FROM system.parts WHERE database = currentDatabase() AND table = 'audit' AND level = 0 ORDER BY rows)"); got != fmt.Sprintf("[3600,%d]", rows) {
		t.Errorf("parts of %s rows, want one of 3600 and one of %d", got, rows)
	}
}

// TestShipAfterCrash ends a shipper between the server's answer and the confirmation, and lets another one go on: with
// the table's memory of tokens, and without it.
func TestShipAfterCrash(t *testing.T) {
	for _, window := range []string{"10000", "0"} {
		t.Run("window "+window, func(t *testing.T) {
			s := migrated(t, Options{})
			ask(t, s, "ALTER TABLE audit MODIFY SETTING non_replicated_deduplication_window = "+window)
			dir := t.TempDir()
			m := &memory{confirm: func(string) error { return errAsked }}
			m.add(t, "0/1-100/audit/2026030100", event.ClassAudit, audits(0, 100)...)
			m.add(t, "0/101-150/audit/2026030100", event.ClassAudit, audits(100, 50)...)
			if n, err := newShipper(t, s, m, dir).Ship(context.Background()); n != 0 || !errors.Is(err, errAsked) {
				t.Fatalf("shipped %d, %v", n, err)
			}
			m.confirm = nil
			sh := newShipper(t, s, m, dir)
			ship(t, sh, 2)
			if got := ask(t, s, "SELECT count(), uniqExact(metadata_uid) FROM audit"); got != "150\t150" {
				t.Errorf("rows %q, want 150", got)
			}
			if stats := sh.Stats(); stats.Found != 1 || stats.Segments != 2 {
				t.Errorf("stats %+v, want one found", stats)
			}
		})
	}
}

// TestShipNotedButNotSent is a crash after the note and before the insert.
func TestShipNotedButNotSent(t *testing.T) {
	s := migrated(t, Options{})
	dir := t.TempDir()
	m := &memory{}
	m.add(t, "a", event.ClassAudit, audits(0, 10)...)
	m.add(t, "b", event.ClassAudit, audits(10, 10)...)
	sh := newShipper(t, s, m, dir)
	if err := sh.journal.begin("lake-1/b"); err != nil {
		t.Fatal(err)
	}
	sh = newShipper(t, s, m, dir)
	if !sh.journal.has("lake-1/b") {
		t.Error("the note did not survive")
	}
	ship(t, sh, 2)
	if m.shipped[0] != "b" {
		t.Errorf("shipped in the order %q, want what was in flight first", m.shipped)
	}
	if got := ask(t, s, "SELECT count() FROM audit"); got != "20" || sh.Stats().Found != 0 {
		t.Errorf("%s rows, stats %+v", got, sh.Stats())
	}
}

// TestShipHoldsBack has a file that the server refuses and one that cannot be opened: the others go.
func TestShipHoldsBack(t *testing.T) {
	s := migrated(t, Options{})
	m := &memory{opened: func(id string) error {
		if id == "lost" {
			return os.ErrNotExist
		}
		return nil
	}}
	good := parquetOf(t, event.ClassAudit, event.Columns(event.ClassAudit), audits(0, 10))
	m.addFile("cut", event.ClassAudit, 10, good[:len(good)/2])
	m.addFile("lost", event.ClassAudit, 10, good)
	m.addFile("noise", event.ClassAudit, 10, []byte("PAR1 this is no Parquet file PAR1"))
	m.addFile("good", event.ClassAudit, 10, good)
	sh := newShipper(t, s, m, t.TempDir())
	ship(t, sh, 1)
	if got := ask(t, s, "SELECT count() FROM audit"); got != "10" {
		t.Errorf("%s rows, want 10", got)
	}
	stats := sh.Stats()
	if stats.Held != 3 || stats.Failures != 3 || stats.LastError == nil {
		t.Errorf("stats %+v, want 3 held", stats)
	}
	m.shipped = append(m.shipped, "cut", "lost", "noise") // the source gave them up
	ship(t, sh, 0)
	if stats := sh.Stats(); stats.Held != 0 || stats.LastError != nil {
		t.Errorf("stats %+v, want none held", stats)
	}
}

// TestShipOlderSegment ships a file that an earlier release wrote, with fewer columns.
func TestShipOlderSegment(t *testing.T) {
	s := migrated(t, Options{})
	m := &memory{}
	events := audits(0, 5)
	m.addFile("old", event.ClassAudit, 5, parquetOf(t, event.ClassAudit, event.Columns(event.ClassAudit)[:20], events))
	ship(t, newShipper(t, s, m, t.TempDir()), 1)
	if got := ask(t, s, "SELECT count(), countIf(audit_stage = ''), countIf(metadata_uid != '') FROM audit"); got != "5\t5\t5" {
		t.Errorf("rows %q", got)
	}
}

func TestShipUnavailable(t *testing.T) {
	s, err := New(Options{URL: "http://127.0.0.1:1/db"})
	if err != nil {
		t.Fatal(err)
	}
	m := &memory{}
	m.add(t, "a", event.ClassAudit, audits(0, 1)...)
	sh := newShipper(t, s, m, t.TempDir())
	n, err := sh.Ship(context.Background())
	checkKind(t, err, ErrUnavailable)
	if n != 0 || len(m.shipped) != 0 {
		t.Errorf("shipped %d", n)
	}
}

// TestShipKilled kills the engine while segments are on their way, and starts it again on its data: what was confirmed
// is there, and nothing is there twice, whatever was in flight.
func TestShipKilled(t *testing.T) {
	rounds := 2
	if testing.Short() {
		rounds = 1
	}
	data, dir := t.TempDir(), t.TempDir()
	m := &memory{}
	const segments, rows = 16, 2000
	for i := range segments {
		m.add(t, fmt.Sprintf("0/%d/audit", i), event.ClassAudit, audits(i*rows, rows)...)
	}
	open := func() (*chtest.Engine, *Store) {
		engine := chtest.StartAt(t, data)
		s, err := New(Options{URL: engine.URL() + "/killed"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(context.Background()); err != nil {
			t.Fatal(err)
		}
		return engine, s
	}
	check := func(s *Store) int {
		t.Helper()
		counts := ask(t, s, "SELECT uniqExact(intDiv(toUInt32(substring(metadata_uid, 5)), 2000)), count(), uniqExact(metadata_uid) FROM audit")
		var there, n, distinct int
		if _, err := fmt.Sscan(counts, &there, &n, &distinct); err != nil {
			t.Fatal(err)
		}
		if n != there*rows || distinct != n {
			t.Errorf("%d segments have %d rows, %d of them distinct", there, n, distinct)
		}
		if confirmed := len(m.shipped); there < confirmed || there > confirmed+1 {
			t.Errorf("%d segments are there, %d were confirmed", there, confirmed)
		}
		return there
	}
	for round := range rounds {
		engine, s := open()
		check(s)
		sh := newShipper(t, s, m, dir)
		go func() {
			for sh.Stats().Segments < int64(3+2*round) {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(time.Duration(round*7) * time.Millisecond)
			engine.Kill()
		}()
		n, err := sh.Ship(context.Background())
		t.Logf("round %d: %d segments before %v", round, n, err)
		checkKind(t, err, ErrUnavailable)
	}
	_, s := open()
	check(s)
	if _, err := newShipper(t, s, m, dir).Ship(context.Background()); err != nil {
		t.Fatal(err)
	}
	if there := check(s); there != segments || len(m.shipped) != segments {
		t.Errorf("%d segments are there and %d confirmed in the end, want %d", there, len(m.shipped), segments)
	}
}

func TestShipRun(t *testing.T) {
	s := migrated(t, Options{})
	m := &memory{}
	sh := newShipper(t, s, m, t.TempDir())
	sh.o.Poll = time.Hour
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- sh.Run(ctx) }()
	m.add(t, "a", event.ClassAudit, audits(0, 1)...)
	sh.Wake()
	for sh.Stats().Segments == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWait(t *testing.T) {
	tests := []struct {
		failures int
		random   float64
		want     time.Duration
	}{
		{1, 0, time.Second},
		{1, 1, 500 * time.Millisecond},
		{2, 0, 2 * time.Second},
		{7, 0, 64 * time.Second},
		{8, 0, 2 * time.Minute},
		{1 << 40, 0, 2 * time.Minute},
		{1 << 40, 0.5, 90 * time.Second},
	}
	for _, tt := range tests {
		if got := wait(tt.failures, tt.random); got != tt.want {
			t.Errorf("wait(%d, %v) = %s, want %s", tt.failures, tt.random, got, tt.want)
		}
	}
}

func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.json")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("{broken")
	_, err := openJournal(path)
	checkError(t, "broken", err, "j.json")
	write(`{"version":7,"in_flight":[]}`)
	_, err = openJournal(path)
	checkError(t, "newer", err, "version 7")
	write(`{"version":1,"in_flight":["a"]}`)
	j, err := openJournal(path)
	if err != nil || !j.has("a") || j.has("b") {
		t.Fatalf("%+v, %v", j, err)
	}
	if err := j.begin("b"); err != nil {
		t.Fatal(err)
	}
	j.end("a")
	if err := j.begin("c"); err != nil {
		t.Fatal(err)
	}
	if j, err = openJournal(path); err != nil || strings.Join(j.tokens, " ") != "b c" {
		t.Errorf("%q, %v; want b c", j.tokens, err)
	}
	j.path = filepath.Join(path, "no directory")
	if err := j.begin("d"); err == nil || j.has("d") {
		t.Errorf("begin without a file: %v, noted %v", err, j.has("d"))
	}
	if names, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.tmp")); len(names) != 0 {
		t.Errorf("left behind: %q", names)
	}
}

// TestShipMakesTables begins with an empty database, and loses the tables in between.
func TestShipMakesTables(t *testing.T) {
	s, _ := newStore(t, Options{})
	m := &memory{}
	m.add(t, "a", event.ClassAudit, audits(0, 10)...)
	sh := newShipper(t, s, m, t.TempDir())
	ship(t, sh, 1)
	if has, err := s.HasRows(context.Background(), event.ClassAudit); !has || err != nil {
		t.Errorf("audit has rows: %t, %v", has, err)
	}
	if has, err := s.HasRows(context.Background(), event.ClassDNS); has || err != nil {
		t.Errorf("dns has rows: %t, %v", has, err)
	}
	for _, table := range []string{"audit", "events", schemaTable} {
		ask(t, s, "DROP TABLE "+table)
	}
	m.add(t, "b", event.ClassAudit, audits(10, 10)...)
	_, err := sh.Ship(context.Background())
	checkKind(t, err, ErrMissing)
	ship(t, sh, 1)
	if got := ask(t, s, "SELECT count() FROM audit"); got != "10" {
		t.Errorf("%s rows, want 10", got)
	}
}
