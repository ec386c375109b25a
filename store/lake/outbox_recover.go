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
	"slices"
	"strings"
	"time"
)

// recoverOutbox makes the outbox's files and its list agree, after the rest
// of the lake does. Links that nobody lists belong to an append that was not
// committed, or to a segment that was shipped. When the manifest was made
// anew, the committed ones of them wait again.
func (l *Lake) recoverOutbox(ctx context.Context, r *Recovery) error {
	if err := l.disk.mkdir(outboxDir); err != nil {
		return err
	}
	if l.opts.Outbox != nil {
		if err := l.tryLink(); err != nil {
			return err
		}
	}
	if err := l.m.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, outboxTables)
		return err
	}); err != nil {
		return fmt.Errorf("preparing the outbox: %w", err)
	}
	if err := l.removeUnlisted(ctx, r); err != nil {
		return err
	}
	if err := l.dropMissing(ctx, r); err != nil {
		return err
	}
	return l.countOutbox(ctx)
}

// tryLink says whether the file system can give a file two names.
func (l *Lake) tryLink() error {
	const probe = outboxDir + "/.probe"
	err := l.disk.link("lock", probe)
	if err = errors.Join(err, l.disk.remove(probe)); err != nil {
		return fmt.Errorf("the outbox needs hard links: put the store on a file system that has them: %w", err)
	}
	return nil
}

// removeUnlisted removes the files of the outbox that its list does not have.
func (l *Lake) removeUnlisted(ctx context.Context, r *Recovery) error {
	dir, err := os.Open(l.disk.path(outboxDir))
	if err != nil {
		return err
	}
	defer dir.Close() // it was only read
	for {
		entries, err := dir.ReadDir(outboxPage)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		listed := map[string]bool{}
		if err := l.m.view(ctx, func(tx *sql.Tx) error {
			for _, e := range entries {
				id := strings.TrimSuffix(e.Name(), extData)
				var n int
				if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE name = ?`, id).Scan(&n); err != nil {
					return err
				}
				listed[e.Name()] = n > 0
			}
			return nil
		}); err != nil {
			return fmt.Errorf("reading the outbox: %w", err)
		}
		for _, e := range entries {
			if listed[e.Name()] {
				continue
			}
			if r.Rebuilt {
				again, err := l.waitAgain(ctx, strings.TrimSuffix(e.Name(), extData))
				if err != nil {
					return err
				}
				if again {
					continue
				}
			}
			name := path.Join(outboxDir, e.Name())
			if err := l.disk.remove(name); err != nil {
				return err
			}
			r.Unfinished = append(r.Unfinished, name)
		}
	}
}

// waitAgain lists a file of the outbox anew, after the list was lost with the
// manifest; false when its append was not committed or the file is damaged.
func (l *Lake) waitAgain(ctx context.Context, id string) (bool, error) {
	segment, c, ok := segmentOf(id)
	if !ok {
		return false, nil
	}
	if partition, _, to, _ := parseAppended(segment); to > l.Mark(partition) {
		return false, nil
	}
	h, err := l.readHeader(path.Join(outboxDir, id))
	if err != nil {
		return false, nil
	}
	f, err := os.Open(l.disk.path(waitingFile(id)))
	if err != nil {
		return false, err
	}
	defer f.Close() // it was only read
	sum := checksumWriter{out: io.Discard}
	if _, err := io.Copy(&sum, f); err != nil {
		return false, err
	}
	return true, l.m.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO outbox (name, class, rows, bytes, crc, at) VALUES (?, ?, ?, ?, ?, ?)`,
			id, c.String(), h.rows, sum.n, int64(sum.crc), l.opts.Now().Unix())
		return err
	})
}

// dropMissing looks for the files of what the outbox lists. One that is gone
// is linked again where the segment's own file is there, else given up.
func (l *Lake) dropMissing(ctx context.Context, r *Recovery) error {
	var lost []Waiting
	for after := int64(0); ; {
		var page []Waiting
		err := l.m.view(ctx, func(tx *sql.Tx) (err error) {
			page, after, err = waitingAfter(ctx, tx, after)
			return err
		})
		if err != nil {
			return fmt.Errorf("reading the outbox: %w", err)
		}
		if len(page) == 0 {
			break
		}
		for _, w := range page {
			info, err := os.Stat(l.disk.path(waitingFile(w.ID)))
			switch {
			case err == nil && info.Size() == w.Bytes:
			case err != nil && !errors.Is(err, fs.ErrNotExist):
				return err
			case !l.linkAgain(w):
				lost = append(lost, w)
				r.Unsent = append(r.Unsent, Unsent{Name: waitingFile(w.ID), Class: w.Class, Rows: w.Rows})
			}
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return l.m.update(ctx, func(tx *sql.Tx) error { return l.giveUp(ctx, tx, lost) })
}

// linkAgain links a segment's own file, where that is whole.
func (l *Lake) linkAgain(w Waiting) bool {
	name, _, ok := segmentOf(w.ID)
	if !ok || !slices.ContainsFunc(l.all(), func(s *segment) bool { return s.name == name && s.bytes == w.Bytes }) {
		return false
	}
	return l.disk.link(name+extData, waitingFile(w.ID)) == nil && l.disk.syncDir(outboxDir) == nil
}

// countOutbox makes memory say what the manifest says of the outbox.
func (l *Lake) countOutbox(ctx context.Context) error {
	var s OutboxStats
	err := l.m.view(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT count(*), ifnull(sum(rows), 0), ifnull(sum(bytes), 0) FROM outbox`).Scan(&s.Segments, &s.Rows, &s.Bytes)
		if err != nil {
			return err
		}
		if s.Oldest, err = oldestWaiting(ctx, tx); err != nil {
			return err
		}
		var last int64
		err = tx.QueryRowContext(ctx, `SELECT segments, rows, bytes, last FROM outbox_lost`).Scan(&s.Lost.Segments, &s.Lost.Rows, &s.Lost.Bytes, &last)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err == nil:
			s.Lost.Last = time.Unix(last, 0).UTC()
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the outbox: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.outbox = s
	return nil
}
