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
	"path/filepath"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// recover reads the manifest and makes the directory agree with it. The lock
// is held.
func (l *Lake) recover(ctx context.Context) (*Recovery, error) {
	r := &Recovery{}
	onDisk, err := l.segmentFiles()
	if err != nil {
		return nil, err
	}
	made, err := l.openOrReplace(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := l.removeUnfinished(r); err != nil {
		return nil, err
	}
	if made && len(onDisk) > 0 {
		r.Rebuilt = true
		if err := l.rebuild(ctx, onDisk, r); err != nil {
			return nil, err
		}
		// What was not taken up was set aside.
		if onDisk, err = l.segmentFiles(); err != nil {
			return nil, err
		}
	}
	c, err := l.m.load(ctx)
	if err != nil {
		return nil, err
	}
	l.adopt(c)
	if err := l.checkLive(ctx, onDisk, r); err != nil {
		return nil, err
	}
	if err := l.removeOrphans(ctx, onDisk, r); err != nil {
		return nil, err
	}
	if err := l.recoverOutbox(ctx, r); err != nil {
		return nil, err
	}
	r.count(l.Stats())
	return r, nil
}

// openOrReplace opens the manifest. One that is no database is kept under
// another name, and a new one takes its place.
func (l *Lake) openOrReplace(ctx context.Context, r *Recovery) (made bool, err error) {
	name := l.disk.path(manifestName)
	l.m, made, err = openManifest(ctx, name, false)
	if err == nil {
		err = l.m.check(ctx)
	}
	if err == nil {
		if made {
			err = l.disk.syncDir(".")
		}
		return made, err
	}
	if !isCorrupt(err) {
		return false, err
	}
	if l.m != nil {
		l.m.close() // what it holds is given up
		l.m = nil
	}
	r.Damaged = path.Join("aside", fmt.Sprintf("%s.%d", manifestName, l.opts.Now().Unix()))
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(name+suffix, l.disk.path(r.Damaged)+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	if l.m, _, err = openManifest(ctx, name, false); err != nil {
		return false, err
	}
	return true, l.disk.syncDir(".")
}

// segmentFiles returns the files below seg, by name without extension; the
// values are their extensions.
func (l *Lake) segmentFiles() (map[string][]string, error) {
	out := map[string][]string{}
	root := l.disk.path("seg")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(l.disk.dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		ext := path.Ext(rel)
		base := strings.TrimSuffix(rel, ext)
		out[base] = append(out[base], ext)
		return nil
	})
	return out, err
}

func (l *Lake) removeUnfinished(r *Recovery) error {
	entries, err := os.ReadDir(l.disk.path("tmp"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join("tmp", e.Name())
		if err := os.RemoveAll(l.disk.path(name)); err != nil {
			return err
		}
		r.Unfinished = append(r.Unfinished, name)
	}
	return nil
}

// checkLive looks at the files of each live segment, and at all their bytes
// with Options.Verify.
func (l *Lake) checkLive(ctx context.Context, onDisk map[string][]string, r *Recovery) error {
	for _, s := range l.all() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := l.checkData(s, l.opts.Verify); err != nil {
			if !errors.Is(err, errDamaged) {
				return fmt.Errorf("looking at segment %s: %w", s.name, err)
			}
			a, err := l.setAside(ctx, s, err.Error())
			if err != nil {
				return err
			}
			r.Aside = append(r.Aside, a)
			delete(onDisk, s.name)
			continue
		}
		if s.idxBytes == 0 {
			continue
		}
		if info, err := os.Stat(l.disk.path(s.idxFile())); err != nil || info.Size() != s.idxBytes {
			r.NoFilters = append(r.NoFilters, s.name)
			if err := l.m.update(ctx, func(tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE segment SET idx_bytes = 0 WHERE id = ?`, s.id)
				return err
			}); err != nil {
				return err
			}
			s.idxBytes = 0
		}
	}
	return nil
}

// all returns the live segments of all tables.
func (l *Lake) all() []*segment {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*segment
	for _, c := range event.Classes() {
		out = append(out, l.live[c]...)
	}
	return out
}

// checkData says what is wrong with a segment's data file: its size, its
// ends, and with deep set its checksum. That is errDamaged; another error
// means that it could not be looked at.
func (l *Lake) checkData(s *segment, deep bool) error {
	f, err := l.openFile(s.dataFile())
	if err != nil {
		return err
	}
	defer f.Close() // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != s.bytes {
		return fmt.Errorf("%w: the file has %d bytes, the manifest says %d", errDamaged, info.Size(), s.bytes)
	}
	var ends [8]byte
	if _, err := f.ReadAt(ends[:4], 0); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if _, err := f.ReadAt(ends[4:], s.bytes-4); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if string(ends[:]) != "PAR1PAR1" {
		return fmt.Errorf("%w: the file is no Parquet file", errDamaged)
	}
	if !deep {
		return nil
	}
	sum := checksumWriter{out: io.Discard}
	if _, err := io.Copy(&sum, f); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if sum.crc != s.crc {
		return fmt.Errorf("%w: the file's checksum is not the manifest's", errDamaged)
	}
	return nil
}

// removeOrphans removes files that the manifest does not list and that an
// interrupted append or merge explains; others are set aside.
func (l *Lake) removeOrphans(ctx context.Context, onDisk map[string][]string, r *Recovery) error {
	listed := map[string]bool{}
	for _, s := range l.all() {
		listed[s.name] = true
	}
	l.mu.Lock()
	for _, s := range l.dropped {
		listed[s.name] = true
	}
	l.mu.Unlock()
	// A partition has at most one append between its files and the manifest.
	pulls := map[string][]uint64{}
	var orphans []string
	for name := range onDisk {
		if listed[name] {
			continue
		}
		orphans = append(orphans, name)
		if p, from, _, ok := parseAppended(name); ok && !slices.Contains(pulls[p], from) {
			pulls[p] = append(pulls[p], from)
		}
	}
	slices.Sort(orphans)
	for _, name := range orphans {
		p, from, _, isAppended := parseAppended(name)
		explained := isAppended && from > l.Mark(p) && len(pulls[p]) == 1
		if !isAppended {
			explained = l.unmerged(name, listed)
		}
		if !slices.Contains(onDisk[name], extData) {
			explained = true // filters alone are of no use
		}
		if !explained {
			a, err := l.setFileAside(ctx, name, "nothing explains the file")
			if err != nil {
				return err
			}
			r.Aside = append(r.Aside, a)
			continue
		}
		for _, ext := range onDisk[name] {
			if err := l.disk.remove(name + ext); err != nil {
				return err
			}
		}
		r.Uncommitted = append(r.Uncommitted, name)
	}
	return nil
}

// unmerged reports whether a merged segment's sources are all listed, so that
// nothing is lost with it.
func (l *Lake) unmerged(name string, listed map[string]bool) bool {
	h, err := l.readHeader(name)
	if err != nil || len(h.replaces) == 0 {
		return false
	}
	for _, from := range h.replaces {
		if !listed[from] {
			return false
		}
	}
	return true
}
