package lake

import (
	"context"
	"errors"
	"fmt"
)

// Verify reads every segment and compares checksums, as Options.Verify does
// at the start. Those that are damaged are set aside and returned.
func (l *Lake) Verify(ctx context.Context) ([]Aside, error) {
	if err := l.writable(); err != nil {
		return nil, err
	}
	var out []Aside
	for _, s := range l.all() {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		problem := l.checkData(s, true)
		if problem == nil {
			continue
		}
		if !errors.Is(problem, errDamaged) {
			return out, fmt.Errorf("looking at segment %s: %w", s.name, problem)
		}
		a, err := l.quarantine(ctx, s, problem.Error())
		if err != nil {
			return out, err
		}
		if a != nil {
			out = append(out, *a)
		}
	}
	return out, nil
}

// Check looks whether segments are damaged that somebody pinned and could not
// read. It reads them whole. Damaged ones are set aside; a reader, which
// cannot do that, gets an error that names the first. It reports whether any
// of the files is gone from the store now: what is pinned anew leaves them
// out.
func (l *Lake) Check(ctx context.Context, files []File) (gone bool, err error) {
	byName := map[string]*segment{}
	for _, s := range l.all() {
		byName[l.disk.path(s.dataFile())] = s
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return gone, err
		}
		s := byName[f.Path]
		if s == nil {
			gone = true
			continue
		}
		problem := l.checkData(s, true)
		switch {
		case problem == nil:
			continue
		case !errors.Is(problem, errDamaged):
			return gone, fmt.Errorf("looking at segment %s: %w", s.name, problem)
		case l.writable() != nil:
			return gone, fmt.Errorf("segment %s is damaged (%w); start the server on this directory, which sets it aside", s.name, problem)
		}
		if _, err := l.quarantine(ctx, s, problem.Error()); err != nil {
			return gone, err
		}
		gone = true
	}
	return gone, nil
}
