package clickhouse

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/test/clickhouse/chtest"
)

func TestMigrate(t *testing.T) {
	s, base := newStore(t, Options{Retention: testRetention})
	ctx := context.Background()
	done, err := s.Migrate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(done) != 1 || !strings.Contains(done[0], "make the tables") {
		t.Errorf("first run did %q", done)
	}
	if done, err = s.Migrate(ctx); err != nil || len(done) != 0 {
		t.Errorf("second run did %q, %v; want nothing", done, err)
	}
	for _, c := range event.Classes() {
		got := chtest.Exec(t, base, s.Database(), "SELECT count() FROM system.columns WHERE database = currentDatabase() AND table = '"+c.String()+"'")
		if want := len(event.Columns(c)) + 1; got != itoa(want) {
			t.Errorf("%s has %s columns, want %d", c, got, want)
		}
	}
	if got := chtest.Exec(t, base, s.Database(), "SELECT count() FROM events"); got != "0" {
		t.Errorf("events has %s rows", got)
	}
}

// TestMigrateAddsFields takes a field's column and an index away, as in a
// database that an earlier release made.
func TestMigrateAddsFields(t *testing.T) {
	s, base := newStore(t, Options{})
	ctx := context.Background()
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	db := s.Database()
	chtest.Exec(t, base, db, "INSERT INTO audit (metadata_uid) VALUES ('old')")
	for _, change := range []string{"DROP INDEX equal_k8s_pod", "DROP INDEX fold_k8s_pod", "DROP COLUMN k8s_pod", "DROP COLUMN src_endpoint_port", "DROP INDEX equal_src_endpoint_ip"} {
		chtest.Exec(t, base, db, "ALTER TABLE audit "+change)
	}
	done, err := s.Migrate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := "column audit.k8s_pod\ncolumn audit.src_endpoint_port\nindex audit.equal_k8s_pod\nindex audit.fold_k8s_pod\nindex audit.equal_src_endpoint_ip"
	if got := strings.Join(done, "\n"); got != want {
		t.Errorf("did\n%s\nwant\n%s", got, want)
	}
	if got := chtest.Exec(t, base, db, "SELECT k8s_pod = '', src_endpoint_port IS NULL FROM events"); got != "true\t1" && got != "1\t1" {
		t.Errorf("the old row has %q in new columns", got)
	}
}

func TestMigrateRetention(t *testing.T) {
	s, base := newStore(t, Options{Retention: testRetention})
	ctx := context.Background()
	steps := []struct {
		retention time.Duration
		want      string
	}{
		{30 * 24 * time.Hour, "toIntervalSecond(2592000)"},
		{7 * 24 * time.Hour, "toIntervalSecond(604800)"},
		{0, ""},
		{time.Hour, "toIntervalSecond(3600)"},
	}
	for _, step := range steps {
		s.retention = map[event.Class]time.Duration{event.ClassAudit: step.retention}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		out := chtest.Exec(t, base, s.Database(), "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND name = 'audit' FORMAT TSVRaw")
		_, ttl, has := strings.Cut(out, " TTL ")
		if has != (step.want != "") || !strings.Contains(ttl, step.want) {
			t.Errorf("retention %s: TTL %q, want %s", step.retention, ttl, step.want)
		}
		if done, err := s.Migrate(ctx); err != nil || len(done) != 0 {
			t.Errorf("retention %s, again: did %q, %v", step.retention, done, err)
		}
	}
	s.retention = nil // another sender's business
	if done, err := s.Migrate(ctx); err != nil || len(done) != 0 {
		t.Errorf("no retention given: did %q, %v", done, err)
	}
}

// TestRetentionDropsRows lets the engine drop what is too old, and keep what has no time.
func TestRetentionDropsRows(t *testing.T) {
	s, base := newStore(t, Options{Retention: testRetention})
	if _, err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	db := s.Database()
	chtest.Exec(t, base, db, "INSERT INTO audit (metadata_uid, received_time) VALUES ('old', now64(6) - INTERVAL 40 DAY)")
	chtest.Exec(t, base, db, "INSERT INTO audit (metadata_uid, received_time) VALUES ('new', now64(6)), ('none', NULL)")
	chtest.Exec(t, base, db, "OPTIMIZE TABLE audit FINAL")
	if got := chtest.Exec(t, base, db, "SELECT arraySort(groupArray(metadata_uid)) FROM audit"); got != "['new','none']" {
		t.Errorf("rows %s, want new and none", got)
	}
}

func TestMigrateAtOnce(t *testing.T) {
	s, _ := newStore(t, Options{Retention: testRetention})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := s.Migrate(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if v, err := s.SchemaVersion(context.Background()); v != schemaVersion || err != nil {
		t.Errorf("version %d, %v", v, err)
	}
}

func TestMigrateRefusesNewer(t *testing.T) {
	s, base := newStore(t, Options{})
	if _, err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	chtest.Exec(t, base, s.Database(), "INSERT INTO lynceus_schema (version, name) VALUES (99, 'of tomorrow')")
	done, err := s.Migrate(context.Background())
	checkKind(t, err, ErrNewerSchema)
	checkError(t, "migrate", err, "schema 99")
	if len(done) != 0 {
		t.Errorf("did %q all the same", done)
	}
}

// TestClusterStatementsParse lets the real parser read the statements for clusters. They cannot run here: the engine
// has no Keeper and no cluster.
func TestClusterStatementsParse(t *testing.T) {
	base, database := chtest.Database(t)
	for _, layout := range []Layout{{Cluster: "main"}, {Cluster: "main", Sharded: true}} {
		s, err := New(Options{URL: base + "/" + database, Layout: layout, Retention: testRetention})
		if err != nil {
			t.Fatal(err)
		}
		statements := append(s.prologue(), s.createAll()...)
		for _, c := range []event.Class{event.ClassAudit, event.ClassDNS} {
			table := s.layout.stored(c)
			statements = append(statements,
				s.alter(table, "ADD COLUMN IF NOT EXISTS "+columnsOf(c)[0].declaration()),
				s.alter(table, "ADD COLUMN IF NOT EXISTS "+segmentColumn.declaration()),
				s.alter(table, "ADD INDEX IF NOT EXISTS "+indexesOf(c)[0].declaration()),
				s.alter(table, "REMOVE TTL"),
				s.alter(table, "MODIFY TTL "+ttl(time.Hour)+" SETTINGS materialize_ttl_after_modify = 0"))
		}
		for _, statement := range statements {
			if !strings.Contains(statement, "ON CLUSTER `main`") {
				t.Errorf("not on the cluster: %s", statement)
			}
			chtest.Exec(t, base, "", "EXPLAIN AST "+statement)
		}
	}
}
