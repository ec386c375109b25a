package lake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// SetAside takes the segment whose data file is name (as File.Path gives it)
// out of the store, because whoever read it found it damaged: its files are
// moved to the directory aside, and the rest answers. The reason goes into
// Stats.
func (l *Lake) SetAside(ctx context.Context, name, reason string) error {
	if err := l.writable(); err != nil {
		return err
	}
	for _, s := range l.all() {
		if l.disk.path(s.dataFile()) == name {
			_, err := l.quarantine(ctx, s, reason)
			return err
		}
	}
	return nil // it is gone already
}

// quarantine sets a segment aside if it is still live; nil when it is not.
func (l *Lake) quarantine(ctx context.Context, s *segment, reason string) (*Aside, error) {
	l.step.Lock()
	defer l.step.Unlock()
	l.mu.Lock()
	live := slices.Contains(l.live[s.class], s)
	l.mu.Unlock()
	if !live {
		return nil, nil
	}
	a, err := l.setAside(ctx, s, reason)
	return &a, err
}

// setAside does it for a live segment: the manifest first, so that a file
// that is there always counts somewhere.
func (l *Lake) setAside(ctx context.Context, s *segment, reason string) (Aside, error) {
	a := Aside{Name: asideName(s.name), Class: s.class, Rows: s.rows, Bytes: s.bytes, Reason: reason, At: l.opts.Now().UTC()}
	err := l.m.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE id = ?`, s.id); err != nil {
			return err
		}
		return insertAside(ctx, tx, a)
	})
	if err != nil {
		return a, err
	}
	l.mu.Lock()
	l.forget([]*segment{s})
	l.aside = append(l.aside, a)
	l.mu.Unlock()
	l.opts.Log.Error("a segment was set aside", "segment", s.name, "table", s.class.String(), "events", s.rows, "reason", reason)
	return a, l.moveAside(s.name)
}

// setFileAside does it for a file that the manifest does not list.
func (l *Lake) setFileAside(ctx context.Context, name, reason string) (Aside, error) {
	a := Aside{Name: asideName(name), Reason: reason, At: l.opts.Now().UTC()}
	if parts := strings.Split(name, "/"); len(parts) > 1 {
		a.Class, _ = event.ClassByName(parts[1])
	}
	if info, err := os.Stat(l.disk.path(name + extData)); err == nil {
		a.Bytes = info.Size()
	}
	if h, err := l.readHeader(name); err == nil {
		a.Rows = h.rows
	}
	if err := l.m.update(ctx, func(tx *sql.Tx) error { return insertAside(ctx, tx, a) }); err != nil {
		return a, err
	}
	l.mu.Lock()
	l.aside = append(l.aside, a)
	l.mu.Unlock()
	return a, l.moveAside(name)
}

func insertAside(ctx context.Context, tx *sql.Tx, a Aside) error {
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO aside VALUES (?, ?, ?, ?, ?, ?)`, a.Name, a.Class.String(), a.Rows, a.Bytes, a.Reason, a.At.Truncate(time.Second).Unix())
	return err
}

// asideName is where a segment's files go: one name for its whole path.
func asideName(name string) string {
	return path.Join("aside", strings.ReplaceAll(strings.TrimPrefix(name, "seg/"), "/", "_"))
}

// moveAside moves what there is of a segment's files.
func (l *Lake) moveAside(name string) error {
	var errs []error
	for _, ext := range []string{extData, extFilters} {
		if err := l.disk.rename(name+ext, asideName(name)+ext); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("setting %s aside: %w", name, err))
		}
	}
	return errors.Join(append(errs, l.disk.syncDir("aside"))...)
}
