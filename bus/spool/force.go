package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// forceEvery is how often files are looked at for batches that wait since the time before, which are forced to the disk then.
const forceEvery = 500 * time.Millisecond

// forceAll forces what waits to the disk until ctx ends.
func (s *Spool) forceAll(ctx context.Context) {
	tick := time.NewTicker(forceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := s.force(func(l *lane, g *segment) bool {
			waits := g.waited > 0 && g.left > 0 && !l.done.covers(g.header.generation, g.waited)
			g.waited = g.last
			return waits
		})
		if err != nil {
			s.mu.Lock()
			s.trouble = err
			s.mu.Unlock()
		}
	}
}

// force forces the files of the segments that want says to the disk, and the directory if it has new ones. It holds no lock
// while the disk is at work. Want is called under the lock, once for each file with batches that are not forced.
func (s *Spool) force(want func(*lane, *segment) bool) error {
	type work struct {
		g    *segment
		f    *os.File
		last uint64
	}
	var todo []work
	s.mu.Lock()
	for i := range s.lanes {
		l := &s.lanes[i]
		for _, t := range l.streams {
			for _, g := range t.segments {
				f := g.file()
				if f == nil || g.forced == g.last || !want(l, g) {
					continue
				}
				opened, err := os.Open(f.path) // the segment may be removed meanwhile
				if err != nil {
					s.trouble = err
					continue
				}
				todo = append(todo, work{g, opened, g.last})
			}
		}
	}
	dir := s.newFiles && len(todo) > 0
	s.newFiles = s.newFiles && !dir
	s.mu.Unlock()
	var errs []error
	for _, w := range todo {
		err := w.f.Sync()
		errs = append(errs, err, w.f.Close())
		if err == nil {
			s.mu.Lock()
			w.g.forced = w.last
			s.mu.Unlock()
		}
	}
	if dir {
		errs = append(errs, s.dir.Sync())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("spool: force to the disk: %w", err)
	}
	return nil
}
