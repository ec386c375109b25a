package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Found is what Open found in a directory.
type Found struct {
	Batches int
	Bytes   int64
	// Cut are the places where files were damaged or ended early, as they do after a loss of power.
	Cut []Cut
	// Left are files of a newer version, which stay as they are and do not count.
	Left []error
}

// Cut is a part of a file that was cut off.
type Cut struct {
	File   string
	Offset int64
	Bytes  int64
	Why    error
}

// String says it in words.
func (c Cut) String() string {
	return fmt.Sprintf("%s: %d bytes from %d on were cut off: %v", c.File, c.Bytes, c.Offset, c.Why)
}

// recover takes up what earlier processes left.
func (s *Spool) recover() (Found, error) {
	var found Found
	done, err := s.marks.read(s.opts.Dir)
	if err != nil {
		return found, fmt.Errorf("spool: %w", err)
	}
	for i, m := range done {
		s.lanes[i].done = m
		s.generation = max(s.generation, m.generation)
	}
	names, err := os.ReadDir(s.opts.Dir)
	if err != nil {
		return found, fmt.Errorf("spool: %w", err)
	}
	var numbers []uint64
	for _, n := range names {
		hex, ours := strings.CutSuffix(n.Name(), suffix)
		number, err := strconv.ParseUint(hex, 16, 64)
		if ours && err == nil && n.Type().IsRegular() {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	for _, number := range numbers {
		s.number = number
		if err := s.takeUp(number, &found); err != nil {
			return found, err
		}
	}
	s.generation++
	return found, nil
}

// takeUp takes up one file. What cannot be read is cut off; what was sent is removed.
func (s *Spool) takeUp(number uint64, found *Found) error {
	f := &file{path: s.path(number)}
	if err := f.open(); err != nil {
		return err
	}
	info, err := f.f.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("spool: %w", err), f.f.Close())
	}
	g := &segment{store: f, size: info.Size(), closed: true}
	cut := func(at int64, why error) {
		found.Cut = append(found.Cut, Cut{File: f.path, Offset: at, Bytes: g.size - at, Why: why})
		g.size = at
	}
	b := make([]byte, min(int64(maxHeader), g.size))
	if _, err := f.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(err, f.f.Close())
	}
	g.header, err = decodeHeader(b)
	switch {
	case errors.Is(err, errNewer):
		found.Left = append(found.Left, fmt.Errorf("spool: %s is left alone: %w", f.path, err))
		f.rest()
		return nil
	case err != nil:
		cut(0, err)
		s.remove(f)
		return nil
	}
	s.generation = max(s.generation, g.header.generation)
	if err := s.scan(g, cut); err != nil {
		return errors.Join(err, f.f.Close())
	}
	if g.left == 0 {
		s.remove(f)
		return nil
	}
	if info.Size() != g.size {
		if err := f.f.Truncate(g.size); err != nil { // it is cut again the next time
			s.trouble = fmt.Errorf("spool: %w", err)
		}
	}
	f.rest()
	s.lanes[g.header.lane].add(g)
	s.segments++
	s.disk += g.size
	found.Batches += g.left
	found.Bytes += g.size - g.at
	return nil
}

// remove removes a file that nothing is needed of. One that cannot be is found again the next time.
func (s *Spool) remove(f *file) {
	if err := f.remove(); err != nil {
		s.trouble = err
	}
}

// scan finds the batches of a segment that were not sent.
func (s *Spool) scan(g *segment, cut func(at int64, why error)) error {
	at := int64(g.header.length())
	g.at = at
	for at < g.size {
		e, err := g.headAt(at, s.buf)
		if err == nil && e.sequence <= g.last {
			err = fmt.Errorf("%w: batch %d follows %d", errDamaged, e.sequence, g.last)
		}
		if errors.Is(err, errDamaged) {
			cut(at, err)
			return nil
		}
		if err != nil {
			return err
		}
		at += e.length()
		g.last = e.sequence
		if s.lanes[g.header.lane].done.covers(g.header.generation, e.sequence) {
			g.at = at
			continue
		}
		g.left++
	}
	return nil
}
