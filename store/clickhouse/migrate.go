package clickhouse

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// schemaVersion is the last of migrations. New fields of the registry need
// none: their columns are added whenever they are missing.
const schemaVersion = 1

// migrations are what was done to the tables, in order. A step may run again
// when it was cut off, so each statement says IF NOT EXISTS.
var migrations = [schemaVersion]struct {
	name string
	// statements returns what to run, on the tables as they are after the
	// step before.
	statements func(s *Store) []string
}{
	{"make the tables", (*Store).createAll},
}

// schemaTable records which migrations were done.
const schemaTable = "lynceus_schema"

// Migrate makes the database and its tables or brings them up to date:
// missing steps first, then columns and indexes of fields that are new, then
// the retention. It may be called at every start and by several at once; it
// returns what it did, a line each. A database of a later release is left as
// it is, with ErrNewerSchema.
func (s *Store) Migrate(ctx context.Context) (done []string, err error) {
	for _, statement := range s.prologue() {
		if err := s.exec(ctx, statement); err != nil {
			return nil, fmt.Errorf("make the database %s: %w", s.database, err)
		}
	}
	version, err := s.SchemaVersion(ctx)
	if err != nil {
		return nil, err
	}
	if version > schemaVersion {
		return nil, fmt.Errorf("%w (schema %d of %s, this release knows %d)", ErrNewerSchema, version, s.database, schemaVersion)
	}
	for i := version; i < schemaVersion; i++ {
		step := migrations[i]
		for _, statement := range step.statements(s) {
			if err := s.exec(ctx, statement); err != nil {
				return done, fmt.Errorf("migration %d, %s: %w", i+1, step.name, err)
			}
		}
		if err := s.record(ctx, i+1, step.name); err != nil {
			return done, err
		}
		done = append(done, fmt.Sprintf("migration %d: %s", i+1, step.name))
	}
	more, err := s.reconcile(ctx)
	return append(done, more...), err
}

// prologue makes what migrations are recorded in.
func (s *Store) prologue() []string {
	return []string{
		"CREATE DATABASE IF NOT EXISTS " + quoteName(s.database) + s.layout.onCluster(),
		fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s%s (version UInt32, name String, done_time DateTime('UTC') DEFAULT now()) ENGINE = %s ORDER BY version",
			s.table(schemaTable), s.layout.onCluster(), s.layout.everywhere()),
	}
}

// SchemaVersion returns the number of the last migration that was done, 0
// before the first.
func (s *Store) SchemaVersion(ctx context.Context) (int, error) {
	out, err := s.write.text(ctx, request{query: "SELECT max(version) FROM " + s.table(schemaTable)})
	if err != nil {
		return 0, fmt.Errorf("read the schema version of %s: %w", s.database, err)
	}
	version, err := strconv.Atoi(out)
	if err != nil {
		return 0, fmt.Errorf("read the schema version of %s: %q is none", s.database, out)
	}
	return version, nil
}

func (s *Store) record(ctx context.Context, version int, name string) error {
	err := s.exec(ctx, fmt.Sprintf("INSERT INTO %s (version, name) SELECT %d, %s", s.table(schemaTable), version, quoteText(name)))
	if err != nil {
		return fmt.Errorf("record migration %d: %w", version, err)
	}
	return nil
}

// createAll makes all tables.
func (s *Store) createAll() []string {
	var out []string
	for _, c := range event.Classes() {
		out = append(out, s.createTables(c)...)
	}
	return append(out, s.createEvents())
}

// reconcile adds what the registry has and the tables have not.
func (s *Store) reconcile(ctx context.Context) (done []string, err error) {
	columns, err := s.names(ctx, "SELECT table, name FROM system.columns WHERE database = {database:String}")
	if err != nil {
		return nil, err
	}
	indexes, err := s.names(ctx, "SELECT table, name FROM system.data_skipping_indices WHERE database = {database:String}")
	if err != nil {
		return nil, err
	}
	changed := false
	for _, c := range event.Classes() {
		stored := s.layout.stored(c)
		tables := []string{stored}
		if s.layout.Sharded {
			tables = append(tables, c.String())
		}
		var statements []string
		for _, col := range append(columnsOf(c), segmentColumn) {
			for _, table := range tables {
				if columns[table] != nil && !columns[table][col.name] {
					declaration := col.declaration()
					if table != stored { // a table without rows of its own has no codecs
						declaration = quoteName(col.name) + " " + col.typ
					}
					statements = append(statements, s.alter(table, "ADD COLUMN IF NOT EXISTS "+declaration))
					done = append(done, fmt.Sprintf("column %s.%s", table, col.name))
					changed = true
				}
			}
		}
		for _, ix := range indexesOf(c) {
			if !indexes[stored][ix.name] {
				statements = append(statements, s.alter(stored, "ADD INDEX IF NOT EXISTS "+ix.declaration()))
				done = append(done, fmt.Sprintf("index %s.%s", stored, ix.name))
			}
		}
		for _, statement := range statements {
			if err := s.exec(ctx, statement); err != nil {
				return nil, fmt.Errorf("add to table %s: %w", stored, err)
			}
		}
	}
	if changed {
		if err := s.exec(ctx, s.createEvents()); err != nil {
			return nil, fmt.Errorf("make the table %s again: %w", eventsTable, err)
		}
	}
	kept, err := s.reconcileRetention(ctx)
	return append(done, kept...), err
}

// reconcileRetention changes the retention of tables that have another one
// than Options say, if they say something.
// Rows that are too old then go with the next merge of their part.
func (s *Store) reconcileRetention(ctx context.Context) (done []string, err error) {
	if s.retention == nil {
		return nil, nil
	}
	for _, c := range event.Classes() {
		table := s.layout.stored(c)
		out, err := s.write.text(ctx, request{
			query:  "SELECT create_table_query FROM system.tables WHERE database = {database:String} AND name = {name:String} FORMAT TSVRaw",
			params: map[string]string{"database": s.database, "name": table},
		})
		if err != nil {
			return done, fmt.Errorf("read the retention of %s: %w", table, err)
		}
		_, has, _ := strings.Cut(out, " TTL ")
		want := ttl(s.retention[c])
		change := ""
		switch {
		case want == "" && has != "":
			change = "REMOVE TTL"
		case want != "" && !strings.Contains(has, ttlInterval(s.retention[c])):
			change = "MODIFY TTL " + want + " SETTINGS materialize_ttl_after_modify = 0"
		default:
			continue
		}
		if err := s.exec(ctx, s.alter(table, change)); err != nil {
			return done, fmt.Errorf("change the retention of %s: %w", table, err)
		}
		done = append(done, "retention of "+table)
	}
	return done, nil
}

func (s *Store) alter(table, change string) string {
	return "ALTER TABLE " + s.table(table) + s.layout.onCluster() + " " + change
}

// names returns the sets of second columns by the first of a query about the
// database.
func (s *Store) names(ctx context.Context, query string) (map[string]map[string]bool, error) {
	out, err := s.write.text(ctx, request{query: query, settings: url.Values{"default_format": {"TSVRaw"}}, params: map[string]string{"database": s.database}})
	if err != nil {
		return nil, fmt.Errorf("read the tables of %s: %w", s.database, err)
	}
	names := map[string]map[string]bool{}
	for _, line := range slices.Collect(strings.Lines(out)) {
		table, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if names[table] == nil {
			names[table] = map[string]bool{}
		}
		names[table][name] = true
	}
	return names, nil
}
