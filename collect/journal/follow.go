package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/journal/file"
)

const (
	// atFirst is how much of a journal that was never read is: what is older
	// stays unread.
	atFirst = time.Hour
	// pollEvery is how often files are looked at, and positions saved.
	pollEvery = time.Second
	// goneAfter is how long a file is not found until it is taken for deleted,
	// rather than about to be renamed.
	goneAfter = 10 * time.Second
	// forgetAfter is how long the position in a file is kept without it.
	forgetAfter = 24 * time.Hour
)

// A follower reads the files of a journal in order of time, and goes on as they
// grow, are rotated and deleted.
type follower struct {
	r      *Reader
	gaps   *audit.Live
	files  map[string]*journalFile // by their ids
	absent map[string]*absentFile  // that have a position, and are not there
	first  bool                    // while the first look at a journal that was never read goes on
	looks  int64

	doc    file.Document
	docs   []byte      // entries that are not durable yet
	unread file.Unread // fields that were left out
	said   file.Unread // of which the log was told
	warned time.Time
}

type absentFile struct {
	Position
	since time.Time
}

// follow reads the files at the Reader's path until ctx ends, or the path cannot
// be read.
func (r *Reader) follow(ctx context.Context) error {
	if r.o.Positions == nil {
		return errors.New("there is no place for positions in the journal's files")
	}
	notices, err := intake.OpenNotices(r.o.Live, gaps)
	if err != nil {
		return err
	}
	kept, err := r.o.Positions.Load(ctx, r.from.Source)
	if err != nil {
		return fmt.Errorf("read the positions in the journal: %w", err)
	}
	f := &follower{r: r, gaps: notices, files: map[string]*journalFile{}, absent: map[string]*absentFile{}, first: len(kept) == 0}
	for _, p := range kept {
		f.absent[p.File] = &absentFile{p, time.Now()}
	}
	defer f.close()
	for err = f.look(time.Now()); err == nil && ctx.Err() == nil; err = f.look(time.Now()) {
		idle := f.drain(ctx)
		f.settleGone(ctx, time.Now())
		f.save(ctx)
		f.tell()
		if idle {
			intake.Sleep(ctx, r.poll)
		}
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	f.save(ending)
	return err
}

// drain reads what there is, the oldest entries first, until nothing is left or
// it is time to look for files again. It reports whether nothing is left.
func (f *follower) drain(ctx context.Context) (idle bool) {
	until := time.Now().Add(f.r.poll)
	for _, j := range f.files {
		if j.file == nil {
			continue
		}
		switch err := j.file.Refresh(); {
		case err == nil:
			j.head, j.tail = j.file.HeadSeqnum, j.file.TailSeqnum
		case j.gone.IsZero(): // one that is deleted may be empty, too
			j.trouble(f, err)
		}
	}
	for ctx.Err() == nil {
		j := f.oldest()
		if j != nil {
			f.take(j)
		}
		late := j == nil || time.Now().After(until)
		if (late || len(f.docs) > together) && !f.deliver(ctx) {
			return false
		}
		if late {
			idle = j == nil
			break
		}
	}
	for _, j := range f.files {
		j.finish()
	}
	return idle
}

// oldest returns the file whose next entry is the oldest, nil where there is
// none.
func (f *follower) oldest() *journalFile {
	var best *journalFile
	for _, j := range f.files {
		if j.ready(f) && (best == nil || j.before(best)) {
			best = j
		}
	}
	return best
}

// take adds the next entry of a file to those that are to be made durable.
func (f *follower) take(j *journalFile) {
	unread, err := j.file.Document(j.next, &f.doc)
	if err != nil {
		j.trouble(f, err)
		return
	}
	f.unread.Add(unread)
	f.docs = append(append(f.docs, f.doc.JSON()...), '\n')
	j.pass()
}

// deliver makes the entries that were taken durable, however long that takes.
// It reports whether it did, as it does unless ctx ends.
func (f *follower) deliver(ctx context.Context) bool {
	if len(f.docs) > 0 {
		if f.r.live.Lines(f.r.from, f.docs, 1, 0, func(b *audit.Batch) error { return f.r.o.Deliver(ctx, b) }) != nil {
			return false
		}
		f.r.o.Ledger.Read(f.r.from.Source, int64(len(f.docs)))
		f.docs = f.docs[:0]
	}
	for _, j := range f.files {
		j.settle()
	}
	return true
}

// save saves the positions that changed.
func (f *follower) save(ctx context.Context) {
	for _, j := range f.files {
		if !j.dirty {
			continue
		}
		if err := f.r.o.Positions.Save(ctx, j.Position); err != nil {
			f.r.o.Log.Error("the position in the journal cannot be saved; after a restart entries will come twice", "file", j.Name, "error", err)
			return
		}
		j.dirty = false
	}
}

// tell says what cannot be read, and what was left out.
func (f *follower) tell() {
	trouble := f.r.said
	for _, j := range f.files {
		if j.stuck {
			trouble = j.Name + ": " + j.said
		}
	}
	f.r.o.Ledger.Troubled(f.r.from.Source, trouble)
	if f.unread != f.said && time.Since(f.warned) >= time.Minute {
		f.said, f.warned = f.unread, time.Now()
		f.r.o.Log.Warn("fields of entries of the journal were left out", "path", f.r.o.Path, "xz", f.unread.XZ, "long", f.unread.Long, "broken", f.unread.Broken)
	}
}

// settleGone tells of what files lacked that are deleted, and forgets them.
func (f *follower) settleGone(ctx context.Context, now time.Time) {
	for id, j := range f.files {
		if j.gone.IsZero() || now.Sub(j.gone) < goneAfter || j.ready(f) {
			continue
		}
		if f.settleGap(ctx, &j.Position, j.tail, now) != nil {
			return // ctx ended
		}
		j.close()
		delete(f.files, id)
		f.absent[id] = &absentFile{j.Position, now}
	}
	for id, a := range f.absent {
		age := now.Sub(a.since)
		if age >= goneAfter && f.settleGap(ctx, &a.Position, 0, now) != nil {
			return
		}
		if age >= forgetAfter && f.r.o.Positions.Delete(ctx, a.Position) == nil {
			delete(f.absent, id)
		}
	}
}

// settleGap tells of what a file that is deleted had after its position, up to
// tail as far as that is known, unless that was done before.
func (f *follower) settleGap(ctx context.Context, p *Position, tail uint64, now time.Time) error {
	if p.Done {
		return nil
	}
	entries, missing := f.missing(p)
	if tail > p.Seqnum {
		entries, missing = max(entries, tail-p.Seqnum), true
	}
	if missing {
		if err := f.tellGap(ctx, p, entries, now); err != nil {
			return err
		}
	}
	p.Done = true
	return f.r.o.Positions.Save(ctx, *p)
}

// missing says how many entries may be missing of a file that is deleted, and
// may have grown while nobody looked: those whose numbers no other file goes on with. 0 means that
// there is none to tell by.
func (f *follower) missing(p *Position) (entries uint64, missing bool) {
	last, next := p.Seqnum, uint64(0)
	for _, j := range f.files {
		if j.SeqnumID != p.SeqnumID || j.tail <= p.Seqnum {
			continue
		}
		if next == 0 || j.head < next {
			next = j.head
		}
	}
	for _, j := range f.files {
		if j.SeqnumID == p.SeqnumID && j.tail < next {
			last = max(last, j.tail)
		}
	}
	if next == 0 {
		return 0, true
	}
	if next <= last+1 {
		return 0, false
	}
	return next - last - 1, true
}

// close gives all handles back.
func (f *follower) close() {
	for _, j := range f.files {
		j.close()
	}
}
