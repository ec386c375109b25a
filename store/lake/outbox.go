package lake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// OutboxOptions say that appended segments are also sent elsewhere.
type OutboxOptions struct {
	// MaxBytes bounds the files that wait; the oldest are given up beyond it.
	// 0 means no bound. They are links to the store's own files and take room
	// once those are merged or dropped.
	MaxBytes int64
	// Added is called after each append that put something into the outbox,
	// nil for nobody. It must return at once.
	Added func()
}

// Waiting is a segment in the outbox: an append's events of one table and
// hour, as they were appended.
type Waiting struct {
	// ID names the segment among all that the lake ever has: table, hour,
	// partition and range.
	ID          string
	Class       event.Class
	Rows, Bytes int64
}

// OutboxStats is what waits in an outbox.
type OutboxStats struct {
	Segments, Rows, Bytes int64
	// Oldest is when the oldest of them was appended, zero when none waits.
	Oldest time.Time
	// Lost is what was given up, since the store exists.
	Lost OutboxLoss
}

// OutboxLoss counts segments that were given up: there was no room for them,
// or their files were gone.
type OutboxLoss struct {
	Segments, Rows, Bytes int64
	Last                  time.Time // zero when nothing was
}

// outboxTables are made whenever a writer opens the manifest, so that stores
// of earlier releases get them too; those releases leave them alone. Times
// are seconds since 1970.
const outboxTables = `
CREATE TABLE IF NOT EXISTS outbox (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE, class TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, crc INTEGER NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS outbox_lost (
	one INTEGER PRIMARY KEY CHECK (one = 1), segments INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, last INTEGER NOT NULL
);
`

// outboxDir is where the files of the outbox are linked.
const outboxDir = "outbox"

// outboxPage is how many segments of the outbox are looked at at a time.
const outboxPage = 10_000

// waitingID is the name in the outbox of an appended segment.
func waitingID(segment string) string {
	return strings.ReplaceAll(strings.TrimPrefix(segment, "seg/"), "/", "_")
}

// segmentOf returns the name of the segment that waitingID gave the name.
func segmentOf(id string) (segment string, c event.Class, ok bool) {
	const hour = "_dt=2006-01-02_hr=15_"
	i := strings.Index(id, hour[:4])
	if i < 0 || len(id) < i+len(hour) {
		return "", 0, false
	}
	at, err := time.Parse(hour, id[i:i+len(hour)])
	if err != nil {
		return "", 0, false
	}
	if c, ok = event.ClassByName(id[:i]); !ok {
		return "", 0, false
	}
	segment = path.Join(hourDir(c, at.Unix()/3600), id[i+len(hour):])
	_, _, _, ok = parseAppended(segment)
	return segment, c, ok
}

func waitingFile(id string) string { return path.Join(outboxDir, id+extData) }

// Unshipped lists the oldest segments of the outbox, oldest first. It may
// leave out later ones as long as these wait.
func (l *Lake) Unshipped(ctx context.Context) (list []Waiting, err error) {
	if err := l.writable(); err != nil {
		return nil, err
	}
	err = l.m.view(ctx, func(tx *sql.Tx) error {
		list, _, err = waitingAfter(ctx, tx, 0)
		return err
	})
	return list, err
}

// waitingAfter returns the next page of the outbox, and the number of its
// last entry.
func waitingAfter(ctx context.Context, tx *sql.Tx, after int64) (list []Waiting, last int64, err error) {
	last = after
	err = each(ctx, tx, fmt.Sprintf(`SELECT id, name, class, rows, bytes FROM outbox WHERE id > %d ORDER BY id LIMIT %d`, after, outboxPage), func(r *sql.Rows) error {
		var w Waiting
		var class string
		if err := r.Scan(&last, &w.ID, &class, &w.Rows, &w.Bytes); err != nil {
			return err
		}
		w.Class, _ = event.ClassByName(class)
		list = append(list, w)
		return nil
	})
	return list, last, err
}

// OpenWaiting opens the Parquet file of a segment in the outbox, after it has
// compared its checksum. The caller must close it.
func (l *Lake) OpenWaiting(ctx context.Context, id string) (*os.File, error) {
	var bytes, crc int64
	if err := l.m.view(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT bytes, crc FROM outbox WHERE name = ?`, id).Scan(&bytes, &crc)
	}); err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	f, err := l.openFile(waitingFile(id))
	if err != nil {
		return nil, err
	}
	sum := checksumWriter{out: io.Discard}
	if _, err = io.Copy(&sum, f); err == nil && (sum.n != bytes || sum.crc != uint32(crc)) {
		err = fmt.Errorf("%w: its checksum is not the manifest's", errDamaged)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Shipped takes a segment out of the outbox, for ever. One that is not there
// is no error.
func (l *Lake) Shipped(ctx context.Context, id string) error {
	if err := l.writable(); err != nil {
		return err
	}
	l.step.Lock()
	defer l.step.Unlock()
	w := Waiting{ID: id}
	var oldest time.Time
	err := l.m.update(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `DELETE FROM outbox WHERE name = ? RETURNING rows, bytes`, id).Scan(&w.Rows, &w.Bytes); err != nil {
			return err
		}
		var err error
		oldest, err = oldestWaiting(ctx, tx)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("taking %s out of the outbox: %w", id, err)
	}
	l.mu.Lock()
	l.outbox.take(w)
	l.outbox.Oldest = oldest
	l.mu.Unlock()
	l.removeWaiting(w)
	return nil
}

// removeWaiting removes the file of a segment that is not in the outbox any
// more.
func (l *Lake) removeWaiting(w Waiting) {
	if err := l.disk.remove(waitingFile(w.ID)); err != nil {
		l.opts.Log.Warn("a file of the outbox could not be removed; the next start does it", "file", w.ID, "error", err)
	}
}

// oldestWaiting returns when the oldest segment of the outbox was appended.
func oldestWaiting(ctx context.Context, tx *sql.Tx) (time.Time, error) {
	var at int64
	err := tx.QueryRowContext(ctx, `SELECT at FROM outbox ORDER BY id LIMIT 1`).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return time.Unix(at, 0).UTC(), err
}

func (s *OutboxStats) take(w Waiting) {
	s.Segments--
	s.Rows -= w.Rows
	s.Bytes -= w.Bytes
}

// link links the files of an append into the outbox, durably, before they get
// their final names: so every committed file that is not in the outbox was
// shipped or given up.
func (l *Lake) link(files []*written) (err error) {
	if l.opts.Outbox == nil || len(files) == 0 {
		return nil
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.unlink(files))
		}
	}()
	for _, wr := range files {
		if err := l.disk.link(wr.data, waitingFile(waitingID(wr.seg.name))); err != nil {
			return fmt.Errorf("linking a segment into the outbox: %w", err)
		}
	}
	return l.disk.syncDir(outboxDir)
}

// unlink takes back what link did.
func (l *Lake) unlink(files []*written) error {
	if l.opts.Outbox == nil {
		return nil
	}
	var errs []error
	for _, wr := range files {
		errs = append(errs, l.disk.remove(waitingFile(waitingID(wr.seg.name))))
	}
	return errors.Join(errs...)
}

// enlist adds an append's files to the outbox, and takes out the oldest
// entries that there is no room for any more.
func (l *Lake) enlist(ctx context.Context, tx *sql.Tx, files []*written) (lost []Waiting, err error) {
	if l.opts.Outbox == nil {
		return nil, nil
	}
	at := l.opts.Now().Unix()
	total := l.Stats().Outbox.Bytes
	for _, wr := range files {
		s := wr.seg
		if _, err := tx.ExecContext(ctx, `INSERT INTO outbox (name, class, rows, bytes, crc, at) VALUES (?, ?, ?, ?, ?, ?)`,
			waitingID(s.name), s.class.String(), s.rows, s.bytes, int64(s.crc), at); err != nil {
			return nil, fmt.Errorf("adding %s to the outbox: %w", s.name, err)
		}
		total += s.bytes
	}
	limit := l.opts.Outbox.MaxBytes
	for after := int64(0); limit > 0 && total > limit; {
		page, last, err := waitingAfter(ctx, tx, after)
		if err != nil || len(page) == 0 {
			return lost, err
		}
		after = last
		for _, w := range page {
			if total <= limit {
				break
			}
			lost = append(lost, w)
			total -= w.Bytes
		}
	}
	return lost, l.giveUp(ctx, tx, lost)
}

// giveUp takes segments out of the outbox that were not shipped, and counts
// them.
func (l *Lake) giveUp(ctx context.Context, tx *sql.Tx, lost []Waiting) error {
	if len(lost) == 0 {
		return nil
	}
	var rows, bytes int64
	for _, w := range lost {
		if _, err := tx.ExecContext(ctx, `DELETE FROM outbox WHERE name = ?`, w.ID); err != nil {
			return err
		}
		rows += w.Rows
		bytes += w.Bytes
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO outbox_lost VALUES (1, ?, ?, ?, ?) ON CONFLICT (one) DO UPDATE
		SET segments = segments + excluded.segments, rows = rows + excluded.rows, bytes = bytes + excluded.bytes, last = excluded.last`,
		len(lost), rows, bytes, l.opts.Now().Unix())
	return err
}

// enlisted makes memory say what the manifest says of the outbox after a
// commit, and removes the files of what was given up.
func (l *Lake) enlisted(ctx context.Context, files []*written, lost []Waiting) {
	if l.opts.Outbox == nil || len(files) == 0 {
		return
	}
	var oldest time.Time
	if len(lost) > 0 {
		err := l.m.view(ctx, func(tx *sql.Tx) (err error) {
			oldest, err = oldestWaiting(ctx, tx)
			return err
		})
		if err != nil { // it is told a little too young until the next one is shipped
			oldest = l.opts.Now().UTC()
		}
	}
	l.mu.Lock()
	b := &l.outbox
	now := l.opts.Now().UTC().Truncate(time.Second)
	if b.Segments == 0 {
		b.Oldest = now
	}
	for _, wr := range files {
		b.Segments++
		b.Rows += wr.seg.rows
		b.Bytes += wr.seg.bytes
	}
	tell := len(lost) > 0 && now.Sub(b.Lost.Last) >= lossQuiet
	for _, w := range lost {
		b.take(w)
		b.Oldest, b.Lost.Last = oldest, now
		b.Lost.Segments++
		b.Lost.Rows += w.Rows
		b.Lost.Bytes += w.Bytes
	}
	sum := b.Lost
	l.mu.Unlock()
	if tell {
		l.opts.Log.Error("what waits in the outbox takes more room than it may: the oldest was given up", "segments", sum.Segments, "events", sum.Rows)
	}
	for _, w := range lost {
		l.removeWaiting(w)
	}
	if l.opts.Outbox.Added != nil {
		l.opts.Outbox.Added()
	}
}

// lossQuiet is how long nothing is logged of losses after one was.
const lossQuiet = time.Minute

// link gives a file a second name; syncDir of its directory makes that
// durable. A file of that name, left by an attempt that failed, goes.
func (d *disk) link(from, to string) error {
	if err := d.step("link", to); err != nil {
		return diskError(err)
	}
	err := os.Link(d.path(from), d.path(to))
	if errors.Is(err, fs.ErrExist) {
		if err = d.remove(to); err == nil {
			err = os.Link(d.path(from), d.path(to))
		}
	}
	return diskError(err)
}
