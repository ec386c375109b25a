package lake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/lynceus-io/lynceus/event"
)

// manifestName is the manifest's file in the lake's directory.
const manifestName = "manifest.db"

// manifestTables makes an empty manifest. Times of rows are microseconds
// since 1970, dropped_at seconds, 0 for a segment that is live.
const manifestTables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE columns (id INTEGER PRIMARY KEY, class TEXT NOT NULL, names TEXT NOT NULL, UNIQUE (class, names));
CREATE TABLE segment (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	class TEXT NOT NULL, hour INTEGER NOT NULL, name TEXT NOT NULL UNIQUE, level INTEGER NOT NULL, columns INTEGER NOT NULL,
	rows INTEGER NOT NULL, bytes INTEGER NOT NULL, crc INTEGER NOT NULL, idx_bytes INTEGER NOT NULL, idx_crc INTEGER NOT NULL,
	min_time INTEGER NOT NULL, max_time INTEGER NOT NULL, min_received INTEGER NOT NULL, max_received INTEGER NOT NULL,
	open INTEGER NOT NULL, amending INTEGER NOT NULL,
	partition TEXT NOT NULL, seq_from TEXT NOT NULL, seq_to TEXT NOT NULL, dropped_at INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE mark (partition TEXT PRIMARY KEY, seq TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE aside (name TEXT PRIMARY KEY, class TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
`

// segmentColumns are those of table segment after id, in the order in which
// insertSegment and loadSegments use them.
const segmentColumns = `class, hour, name, level, columns, rows, bytes, crc, idx_bytes, idx_crc, min_time, max_time, min_received, max_received,
	open, amending, partition, seq_from, seq_to, dropped_at`

// manifest is the lake's list of segments on disk.
type manifest struct {
	db *sql.DB
}

// openManifest opens the manifest at name. A writer makes it when it is not
// there; made says so.
func openManifest(ctx context.Context, name string, readOnly bool) (m *manifest, made bool, err error) {
	q := url.Values{"_pragma": {"busy_timeout(10000)", "synchronous(FULL)", "foreign_keys(ON)"}}
	if readOnly {
		q.Set("mode", "ro")
	} else {
		q.Add("_pragma", "journal_mode(WAL)")
		q.Set("_txlock", "immediate")
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: name, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, false, err
	}
	// One connection: transactions are short, and there is one writer.
	db.SetMaxOpenConns(1)
	m = &manifest{db: db}
	if made, err = m.prepare(ctx, readOnly); err != nil {
		return nil, false, errors.Join(err, db.Close())
	}
	return m, made, nil
}

// prepare checks the manifest's version and makes the tables of a new one.
func (m *manifest) prepare(ctx context.Context, readOnly bool) (made bool, err error) {
	var tables int
	if err := m.db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'meta'`).Scan(&tables); err != nil {
		return false, fmt.Errorf("reading the manifest: %w", err)
	}
	if tables == 0 {
		if readOnly {
			return false, errors.New("the directory holds no store: its manifest is empty")
		}
		return true, m.update(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, manifestTables+originTable); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO meta VALUES ('format', ?)`, strconv.Itoa(formatVersion))
			return err
		})
	}
	var text string
	if err := m.db.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'format'`).Scan(&text); err != nil {
		return false, fmt.Errorf("reading the manifest's version: %w", err)
	}
	version, err := strconv.Atoi(text)
	if err != nil {
		return false, fmt.Errorf("the manifest's version is %q", text)
	}
	if version > formatVersion {
		return false, fmt.Errorf("%w: its form is %d, this release knows %d; use the newer release", ErrNewer, version, formatVersion)
	}
	if readOnly {
		return false, nil
	}
	if _, err := m.db.ExecContext(ctx, originTable); err != nil {
		return false, fmt.Errorf("making the table of origins: %w", manifestError(err))
	}
	return false, nil
}

// update runs f in one transaction, which is durable when update returns nil.
func (m *manifest) update(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return manifestError(err)
	}
	if err := f(tx); err != nil {
		return manifestError(errors.Join(err, tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		// Some failures leave the transaction open on the one connection there
		// is; where this one did not, rolling back again is an error of no
		// meaning.
		_, _ = m.db.ExecContext(context.Background(), `ROLLBACK`)
		return manifestError(err)
	}
	return nil
}

// view runs f in a transaction that only reads.
func (m *manifest) view(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := m.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() // it only read
	return f(tx)
}

// manifestError makes a full disk known as ErrFull.
func manifestError(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_FULL {
		return fullError(err)
	}
	return err
}

// insertSegment adds a segment and gives it its id.
func insertSegment(ctx context.Context, tx *sql.Tx, s *segment) error {
	// Numbers of streams take 64 bits without a sign, which SQLite has not.
	res, err := tx.ExecContext(ctx, `INSERT INTO segment (`+segmentColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		s.class.String(), s.hour, s.name, s.level, s.columns.id, s.rows, s.bytes, int64(s.crc), s.idxBytes, int64(s.idxCRC),
		s.minTime, s.maxTime, s.minReceived, s.maxReceived, s.open, s.amending,
		s.partition, strconv.FormatUint(s.from, 10), strconv.FormatUint(s.to, 10), s.droppedAt)
	if err != nil {
		return fmt.Errorf("adding segment %s: %w", s.name, err)
	}
	s.id, err = res.LastInsertId()
	return err
}

// columnsID returns the number of a set of columns, which it adds when it is
// new.
func columnsID(ctx context.Context, tx *sql.Tx, c event.Class, names []string) (int64, error) {
	text := strings.Join(names, " ")
	if _, err := tx.ExecContext(ctx, `INSERT INTO columns (class, names) VALUES (?, ?) ON CONFLICT DO NOTHING`, c.String(), text); err != nil {
		return 0, err
	}
	var id int64
	err := tx.QueryRowContext(ctx, `SELECT id FROM columns WHERE class = ? AND names = ?`, c.String(), text).Scan(&id)
	return id, err
}

// version changes whenever another process has changed the manifest.
func (m *manifest) version(ctx context.Context) (n int64, err error) {
	err = m.db.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&n)
	return n, err
}

func (m *manifest) close() error { return m.db.Close() }

// check reads the manifest through and says whether it is whole.
func (m *manifest) check(ctx context.Context) error {
	var verdict string
	if err := m.db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", errCorrupt, verdict)
	}
	return nil
}

var errCorrupt = errors.New("the manifest is damaged")

// isCorrupt reports whether an error means that the manifest is no database
// or a damaged one.
func isCorrupt(err error) bool {
	if errors.Is(err, errCorrupt) {
		return true
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	code := e.Code() & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}
