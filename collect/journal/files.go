package journal

import (
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/collect/journal/file"
)

// A journalFile is one of a journal's files.
type journalFile struct {
	Position
	info   os.FileInfo
	handle *os.File
	file   *file.File // nil when it is closed

	head, tail uint64     // sequence numbers of its first and last entry, as was seen last
	next       file.Stamp // of the entry to read, where has says so
	has        bool
	read       uint64    // of the last entry that was taken, and may not be durable
	found      int64     // number of the last look that found it
	gone       time.Time // since when it was not found; zero while it is
	stuck      bool      // it cannot be read on until the next look
	said       string    // the trouble that was logged last
	dirty      bool      // whether its position must be saved
}

// isJournal reports whether a file in a directory is one of the journal's. One
// that ends in ~ was not closed.
func isJournal(path string) bool {
	return strings.HasSuffix(path, ".journal") || strings.HasSuffix(path, ".journal~")
}

// look finds the files. The error says that the path cannot be read.
func (f *follower) look(now time.Time) error {
	list, _, err := input.List([]string{f.r.o.Path})
	if err != nil {
		return err
	}
	f.looks++
	at := map[string]*journalFile{}
	for _, j := range f.files {
		if j.stuck = false; j.gone.IsZero() {
			at[j.Name] = j
		}
	}
	var others []string
	for _, x := range list {
		if !x.Named && !isJournal(x.Name) {
			continue
		}
		info, err := os.Stat(x.Name)
		if err != nil {
			continue // it was deleted or renamed just now
		}
		if j := at[x.Name]; j != nil && os.SameFile(j.info, info) {
			j.found = f.looks
		} else {
			others = append(others, x.Name)
		}
	}
	var bad error
	for _, path := range others {
		if err := f.meet(path); err != nil && bad == nil && !errors.Is(err, os.ErrNotExist) {
			bad = allowed(err)
		}
	}
	for _, j := range f.files {
		if j.found == f.looks {
			j.gone = time.Time{}
		} else if j.gone.IsZero() {
			j.gone = now
		}
	}
	f.first = false
	f.r.told(bad)
	return nil
}

// meet takes up the file at a path where none or another one was: a new one, or
// one that was renamed.
func (f *follower) meet(path string) error {
	handle, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := handle.Stat()
	if err != nil {
		handle.Close()
		return err
	}
	opened, err := file.Open(handle)
	if err != nil {
		handle.Close()
		return &os.PathError{Op: "read the journal", Path: path, Err: err}
	}
	id := opened.ID.String()
	j := f.files[id]
	switch {
	case j != nil && j.found == f.looks && opened.TailSeqnum <= j.tail: // a copy of one that was found already
		handle.Close()
		return nil
	case j != nil && os.SameFile(j.info, info):
		handle.Close()
		j.Name, j.found, j.dirty = path, f.looks, true
		return nil
	case j != nil: // a copy has taken its place, or has more
		j.close()
	default:
		j = &journalFile{Position: Position{Source: f.r.from.Source, File: id, SeqnumID: opened.SeqnumID.String()}}
		if known := f.absent[id]; known != nil {
			j.Position = known.Position
			delete(f.absent, id)
		} else if f.first {
			j.start(opened, time.Now().Add(-atFirst))
		}
		f.files[id] = j
	}
	j.info, j.handle, j.file, j.found, j.Name, j.dirty = info, handle, opened, f.looks, path, true
	j.head, j.tail, j.read, j.has = opened.HeadSeqnum, opened.TailSeqnum, j.Seqnum, false
	j.Done = j.Done && j.tail <= j.Seqnum
	j.trouble(f, opened.Seek(func(s file.Stamp) bool { return s.Seqnum > j.Seqnum }))
	return nil
}

// start sets the position before the first entry since a time.
func (j *journalFile) start(x *file.File, since time.Time) {
	j.Seqnum = x.TailSeqnum
	us := uint64(since.UnixMicro())
	if x.TailTime < us || x.Seek(func(s file.Stamp) bool { return s.Realtime >= us }) != nil {
		return
	}
	if s, err := x.Next(); err == nil && s.Seqnum > 0 {
		j.Seqnum = s.Seqnum - 1
	}
}

// before reports whether the next entry of a file is older than that of another.
func (j *journalFile) before(other *journalFile) bool {
	if j.SeqnumID == other.SeqnumID {
		return j.next.Seqnum < other.next.Seqnum
	}
	return j.next.Realtime < other.next.Realtime
}

// ready reports whether there is a next entry, and finds it.
func (j *journalFile) ready(f *follower) bool {
	for !j.has && j.file != nil && !j.stuck {
		s, err := j.file.Next()
		switch {
		case errors.Is(err, io.EOF):
			return false
		case errors.Is(err, file.ErrEntry):
			j.file.Skip()
			f.unread.Broken++
		case err != nil:
			j.trouble(f, err)
		default:
			j.next, j.has = s, true
		}
	}
	return j.has && !j.stuck
}

// pass goes beyond the next entry, which was taken.
func (j *journalFile) pass() {
	j.read, j.has = j.next.Seqnum, false
	j.file.Skip()
}

// settle notes that what was taken is durable.
func (j *journalFile) settle() {
	if j.read > j.Seqnum {
		j.Seqnum, j.dirty = j.read, true
	}
}

// finish closes a file that was read to an end that stays.
func (j *journalFile) finish() {
	if j.file == nil || !j.gone.IsZero() {
		return
	}
	if _, err := j.file.Next(); !errors.Is(err, io.EOF) || j.has || j.stuck {
		return
	}
	if closed := j.file.State == file.Archived || strings.HasSuffix(j.Name, "~"); closed && j.file.Refresh() == nil { // else it was emptied meanwhile
		j.close()
		j.Done, j.dirty = true, true
	}
}

// trouble notes an error, after which the file is left alone until the next
// look.
func (j *journalFile) trouble(f *follower, err error) {
	if err == nil {
		return
	}
	j.stuck = true
	if said := err.Error(); j.said != said {
		j.said = said
		f.r.o.Log.Warn("a file of the journal cannot be read on; it is tried again", "file", j.Name, "error", err)
	}
}

// close gives the handle back.
func (j *journalFile) close() {
	if j.handle != nil {
		_ = j.handle.Close() // it was only read
	}
	j.handle, j.file, j.has = nil, nil, false
}
