package tail

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"time"

	"github.com/lynceus-io/lynceus/collect/input"
)

// sniffLength is how much of a file is looked at to tell whether it is a log.
const sniffLength = 64 << 10

// ready opens a file and makes sure that it still holds its text.
func (t *Tail) ready(f *file) error {
	if err := f.open(); err != nil {
		return err
	}
	if !f.recheck {
		return nil
	}
	f.recheck, f.tried = false, false
	if f.scanned > f.size {
		f.scanned = 0
	}
	x := f.text
	if f.packed {
		x.Complete = false // it was written on, or anew
	}
	holds, err := t.holds(f, x)
	if err != nil || holds == same {
		return err
	}
	t.opts.Log.Info("log was truncated or replaced", "file", f.path)
	t.leave(f, time.Now())
	if !f.packed {
		t.missOwn(f, time.Now())
	}
	return t.adopt(f)
}

// isLog reports whether a file that begins with head is to be followed.
func (t *Tail) isLog(f *file, head []byte) bool {
	switch {
	case t.opts.Live.Wrap == nil:
		return f.named || input.LooksLikeLog(head)
	case bytes.IndexByte(head, 0) < 0:
		return true
	case f.named:
		t.opts.Ledger.Troubled(f.path, "it is no text; files of systemd's journal are followed with lynceus up --journal")
	}
	return false
}

// adopt finds the text that a file holds, or makes one.
func (t *Tail) adopt(f *file) error {
	if err := f.open(); err != nil {
		return err
	}
	f.recheck, f.tried, f.foreign, f.twin, f.scanned = false, false, false, nil, 0
	head, err := f.readFrom(0, sniffLength)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if !t.isLog(f, head) {
		f.foreign = true
		f.close()
		return nil
	}
	x, err := t.known(f, head)
	switch {
	case err != nil:
		return err
	case f.twin != nil: // another file is read for it
		f.close()
		return nil
	case x == nil:
		t.missOwn(f, time.Now())
		x = newText()
		x.source, x.dirty = f.path, true
		x.setHead(head)
		t.texts[x] = true
		if err := t.begin(f, x, head); err != nil {
			return err
		}
	}
	x.carrier, f.text = f, x
	if x.Path != f.path || x.Device != f.id.device || x.Inode != f.id.inode {
		x.Path, x.Device, x.Inode, x.dirty = f.path, f.id.device, f.id.inode, true
	}
	t.opts.Ledger.Expect(x.source)
	t.opts.Ledger.Troubled(x.source, "")
	t.opts.Log.Info("log is followed", "file", f.path, "offset", x.Offset)
	return nil
}

// begin says where a text that was never read begins.
func (t *Tail) begin(f *file, x *text, head []byte) error {
	if !t.first || t.opts.Start == FromBeginning {
		return nil
	}
	if f.packed {
		x.Complete = true
		return nil
	}
	for end := f.size; end > 0; end -= block {
		from := max(0, end-block)
		data, err := f.readFrom(from, int(end-from))
		if err != nil {
			return err
		}
		for i := len(data) - 1; i >= 0; i-- {
			if data[i] == '\n' {
				x.Offset = from + int64(i) + 1
				before, err := f.readFrom(max(0, x.Offset-lastLength), int(min(lastLength, x.Offset)))
				x.setLast(before)
				return err
			}
		}
	}
	return nil
}

// known returns the known text that a file which begins with head holds, nil
// for none. Where another file is read for it, or this one has less of it
// than was read and stands elsewhere, it sets f.twin instead.
func (t *Tail) known(f *file, head []byte) (*text, error) {
	var best *text
	sums := map[int][sha256.Size]byte{} // of head, by length: nearly all texts have the same
	for x := range t.texts {
		own := x.Device == f.id.device && x.Inode == f.id.inode
		if x.HeadLength == 0 || x.HeadLength < leastHead && !own || x.HeadLength > len(head) {
			continue
		}
		sum, ok := sums[x.HeadLength]
		if !ok {
			sum = sha256.Sum256(head[:x.HeadLength])
			sums[x.HeadLength] = sum
		}
		if string(sum[:]) != string(x.Head) {
			continue
		}
		if x.carrier != nil && x.carrier != f {
			f.twin = x
			continue
		}
		h, err := t.holds(f, x)
		switch {
		case err != nil:
			return nil, err
		case h == same && (best == nil || x.Offset > best.Offset):
			best = x
		case h != same && x.Path == f.path: // it was edited, in place or by one that took its place
			x.missed(time.Now())
		case h == less && !own:
			f.twin, f.stuck = x, true
		}
	}
	if best != nil {
		f.twin, f.stuck = nil, false
	}
	return best, nil
}

// A holding says how a file and a text that begin alike go on.
type holding uint8

const (
	other holding = iota // otherwise
	less                 // the file ends before the text's offset
	same                 // alike up to the offset
)

// holds compares what a file has before the offset of a text with what the
// text had there.
func (t *Tail) holds(f *file, x *text) (holding, error) {
	if f.packed && x.Complete {
		return same, nil
	}
	if !f.packed && f.size < x.Offset {
		return less, nil
	}
	head, err := f.readFrom(0, x.HeadLength)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return other, err
	}
	if !x.beginsLike(head) {
		return other, nil
	}
	if x.Offset == 0 {
		return same, nil
	}
	before, err := f.readFrom(x.Offset-int64(x.LastLength), x.LastLength)
	switch {
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return other, err
	case len(before) < x.LastLength:
		return less, nil
	case !x.endsLike(before):
		return other, nil
	}
	return same, nil
}

// leave parts a file from its text.
func (t *Tail) leave(f *file, now time.Time) {
	if x := f.text; x != nil {
		x.carrier, x.lost = nil, now
	}
	f.text, f.scanned = nil, 0
}
