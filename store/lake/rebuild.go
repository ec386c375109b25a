package lake

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// rebuild makes the manifest's contents anew from the segments: their footers
// say what they are and what they replaced. The newest append of a partition
// counts only when all its files are there; the mark of a partition is the
// highest number of the appends that count.
func (l *Lake) rebuild(ctx context.Context, onDisk map[string][]string, r *Recovery) error {
	headers, replaced := map[string]*header{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(onDisk)) {
		if !slices.Contains(onDisk[name], extData) {
			continue
		}
		h, err := l.readHeader(name)
		if err != nil {
			a, err := l.setFileAside(ctx, name, err.Error())
			if err != nil {
				return err
			}
			r.Aside = append(r.Aside, a)
			continue
		}
		headers[name] = h
		for _, from := range h.replaces {
			replaced[from] = true
		}
	}
	marks := map[string]uint64{}
	partial := incomplete(headers, replaced)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if replaced[name] {
			continue // removed as what a merge left
		}
		if partial[name] {
			a, err := l.setFileAside(ctx, name, "the append that it belongs to is not complete")
			if err != nil {
				return err
			}
			r.Aside = append(r.Aside, a)
			continue
		}
		if err := l.register(ctx, name, headers[name]); err != nil {
			a, err := l.setFileAside(ctx, name, err.Error())
			if err != nil {
				return err
			}
			r.Aside = append(r.Aside, a)
			continue
		}
		noteMark(marks, name)
	}
	for name := range replaced {
		noteMark(marks, name)
	}
	for name := range replaced {
		for _, ext := range onDisk[name] {
			if err := l.disk.remove(name + ext); err != nil {
				return err
			}
		}
	}
	return l.m.update(ctx, func(tx *sql.Tx) error {
		for partition, seq := range marks {
			if _, err := tx.ExecContext(ctx, `INSERT INTO mark VALUES (?, ?)`, partition, strconv.FormatUint(seq, 10)); err != nil {
				return err
			}
		}
		return nil
	})
}

func noteMark(marks map[string]uint64, name string) {
	if partition, _, to, ok := parseAppended(name); ok {
		marks[partition] = max(marks[partition], to)
	}
}

// incomplete names the files of each partition's newest append where some of
// its files are missing. A file that was merged was committed.
func incomplete(headers map[string]*header, replaced map[string]bool) map[string]bool {
	newest := map[string]uint64{}
	note := func(name string) {
		if p, from, _, ok := parseAppended(name); ok {
			newest[p] = max(newest[p], from)
		}
	}
	for name := range headers {
		note(name)
	}
	for name := range replaced {
		note(name)
	}
	files, want := map[string][]string{}, map[string]int{}
	for name, h := range headers {
		p, from, _, ok := parseAppended(name)
		if !ok || from != newest[p] {
			continue
		}
		files[p] = append(files[p], name)
		if n, err := strconv.Atoi(h.commit); err == nil {
			want[p] = n // the last file of an append knows how many there are
		}
	}
	for name := range replaced {
		if p, from, _, ok := parseAppended(name); ok && from == newest[p] {
			delete(files, p)
		}
	}
	out := map[string]bool{}
	for p, names := range files {
		if len(names) == want[p] {
			continue
		}
		for _, name := range names {
			out[name] = true
		}
	}
	return out
}

// register adds a segment to the manifest from what its files say.
func (l *Lake) register(ctx context.Context, name string, h *header) error {
	s := &segment{name: name}
	var ok bool
	if s.class, ok = event.ClassByName(h.table); !ok {
		return fmt.Errorf("it is of table %q, which this release does not know", h.table)
	}
	at, err := time.Parse("dt=2006-01-02/hr=15", path.Base(path.Dir(path.Dir(name)))+"/"+path.Base(path.Dir(name)))
	if err != nil {
		return fmt.Errorf("its directory is not one of an hour: %w", err)
	}
	s.hour = at.Unix() / 3600
	if s.partition, s.from, s.to, ok = parseAppended(name); !ok {
		s.level = 1
	}
	if err := l.sum(s); err != nil {
		return err
	}
	if err := l.measure(ctx, s); err != nil {
		return err
	}
	return l.m.update(ctx, func(tx *sql.Tx) error {
		id, err := columnsID(ctx, tx, s.class, h.columns)
		if err != nil {
			return err
		}
		s.columns = newColumnSet(id, s.class, h.columns)
		return insertSegment(ctx, tx, s)
	})
}

// sum finds sizes and checksums of a segment's files. Filters that are not
// whole are left out.
func (l *Lake) sum(s *segment) error {
	f, err := os.Open(l.disk.path(s.dataFile()))
	if err != nil {
		return err
	}
	defer f.Close() // it was only read
	sum := checksumWriter{out: io.Discard}
	if _, err := io.Copy(&sum, f); err != nil {
		return err
	}
	s.bytes, s.crc = sum.n, sum.crc
	data, err := os.ReadFile(l.disk.path(s.idxFile()))
	if err != nil {
		return nil // it answers without
	}
	if _, err := parseFilters(data); err == nil {
		s.idxBytes, s.idxCRC = int64(len(data)), checksum(data)
	}
	return nil
}

// measure reads what the manifest says about a segment's rows.
func (l *Lake) measure(ctx context.Context, s *segment) error {
	r, err := l.openSegment(s, readBuffer)
	if err != nil {
		return err
	}
	defer r.close()
	s.segmentStats = newStats()
	for _, g := range r.p.RowGroups() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.measureGroup(r, g); err != nil {
			return err
		}
	}
	return nil
}
