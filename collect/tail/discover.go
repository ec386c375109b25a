package tail

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/collect/input"
)

// discover looks what the paths mean now: new files are taken up, those that
// are gone are noted.
func (t *Tail) discover(now time.Time) {
	t.look++
	for _, p := range t.opts.Paths {
		if !strings.ContainsAny(p, `*?[\`) {
			t.discoverPath(p, true, now)
			continue
		}
		found, _ := filepath.Glob(p) // its only error is a bad pattern, which New refuses
		for _, path := range found {
			t.discoverPath(path, true, now)
		}
	}
	for _, f := range t.sorted() {
		switch {
		case f.found != t.look:
			if f.gone.IsZero() {
				f.gone = now
			}
		case f.text == nil && f.size > 0 && (f.twin == nil && !f.foreign || f.recheck || f.twin != nil && f.twin.carrier == nil && !f.stuck):
			t.yield(f, now)
			if err := t.adopt(f); err != nil {
				t.trouble(f, err)
			}
			if t.isFull() {
				f.close()
			}
		case f.stuck && !f.packed:
			f.stuck = false // it may have been the network
		}
	}
	t.closeIdle()
	t.forget(now)
}

// yield lets the text go that a twin has more of than the file it was read
// from to its end: the log itself, found after its copy.
func (t *Tail) yield(f *file, now time.Time) {
	if f.twin == nil || f.twin.carrier == nil {
		return
	}
	if c := f.twin.carrier; !f.packed && !c.packed && !c.unread() && f.size > c.size {
		x := f.twin
		t.leave(c, now)
		c.twin, c.stuck = x, true
		c.close()
	}
}

// discoverPath takes up the file at a path, or those in the directory there.
func (t *Tail) discoverPath(path string, named bool, now time.Time) {
	info, err := os.Stat(path)
	if err == nil && t.missing[path] {
		delete(t.missing, path)
		t.opts.Ledger.Troubled(path, "")
	}
	switch {
	case err != nil:
		t.missing[path] = true
		why := "there is no such file yet"
		if !errors.Is(err, fs.ErrNotExist) {
			why = err.Error()
		}
		t.opts.Ledger.Troubled(path, why)
	case info.Mode().IsRegular():
		t.found(path, info, named, now)
	case info.IsDir() && named:
		files, skipped, err := input.List([]string{path})
		for _, err := range append(skipped, err) {
			if err != nil {
				t.opts.Ledger.Troubled(path, err.Error())
			}
		}
		for _, f := range files {
			t.discoverPath(f.Name, false, now)
		}
	}
}

// found notes a file that is there.
func (t *Tail) found(path string, info fs.FileInfo, named bool, now time.Time) {
	id := idOf(path, info)
	f := t.files[id]
	if f == nil {
		f = &file{id: id, grew: now, size: info.Size(), changed: info.ModTime()}
		t.files[id] = f
	}
	if f.found == t.look {
		return // under another name already
	}
	if f.path != path && f.path != "" {
		t.opts.Log.Info("log was renamed", "from", f.path, "to", path)
	}
	f.path, f.named, f.found, f.gone = path, named, t.look, time.Time{}
	if f.text != nil && f.text.Path != path {
		f.text.Path, f.text.dirty = path, true
	}
	f.see(info, now)
}

// sorted returns the files in order of path.
func (t *Tail) sorted() []*file {
	out := make([]*file, 0, len(t.files))
	for _, f := range t.files {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *file) int { return strings.Compare(a.path, b.path) })
	return out
}

// poll looks at the files that are open.
func (t *Tail) poll(now time.Time) {
	for _, f := range t.files {
		if f.handle == nil {
			continue
		}
		info, err := f.handle.Stat()
		if err != nil {
			f.close() // it is opened again when it is found again
			continue
		}
		f.see(info, now)
	}
}

// settleEnds takes last lines that have no end when they are whole documents,
// and takes leave of files that are gone and do not grow any more.
func (t *Tail) settleEnds(ctx context.Context, now time.Time) {
	for id, f := range t.files {
		x := f.text
		if x != nil && !f.packed && f.r != nil && f.scanned > x.Offset && now.Sub(f.grew) >= endWait && !f.tried {
			f.tried = true
			if rest, err := f.readFrom(x.Offset, int(min(f.scanned-x.Offset, block))); err == nil && isDocument(rest) {
				if err := t.remainder(ctx, f); err != nil {
					t.trouble(f, err)
				}
				f.tried = x.Offset == f.scanned
			}
		}
		if f.gone.IsZero() || f.r != nil && (f.unread() || now.Sub(f.gone) < t.opts.RotateWait || now.Sub(f.grew) < t.opts.RotateWait) {
			continue
		}
		if x != nil && f.r != nil && !f.packed {
			if err := t.remainder(ctx, f); err != nil {
				t.trouble(f, err)
			} else if x.Offset < f.scanned {
				continue
			}
			x.Complete, x.dirty = true, true
		}
		t.leave(f, now)
		f.close()
		delete(t.files, id)
		t.opts.Log.Info("log is gone and was read to its end", "file", f.path)
	}
}

// closeIdle closes the files that grew least lately, if too many are open.
func (t *Tail) closeIdle() {
	var open []*file
	for _, f := range t.files {
		if f.r != nil && !f.unread() && f.gone.IsZero() {
			open = append(open, f)
		}
	}
	if len(open) <= t.opts.MaxOpen {
		return
	}
	slices.SortFunc(open, func(a, b *file) int { return a.grew.Compare(b.grew) })
	for _, f := range open[:len(open)-t.opts.MaxOpen] {
		f.close()
	}
}

// isFull reports whether as many files are open as should be.
func (t *Tail) isFull() bool {
	n := 0
	for _, f := range t.files {
		if f.r != nil {
			n++
		}
	}
	return n > t.opts.MaxOpen
}

// forget deletes the checkpoints of texts that no file has had for long.
func (t *Tail) forget(now time.Time) {
	for x := range t.texts {
		if x.carrier != nil || now.Sub(x.lost) < forgetAfter {
			continue
		}
		if err := t.opts.Checkpoints.Delete(context.Background(), x.ID); err != nil {
			t.opts.Log.Warn("checkpoint cannot be deleted", "file", x.Path, "error", err)
			return
		}
		delete(t.texts, x)
	}
}
