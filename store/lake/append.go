package lake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/lynceus-io/lynceus/event"
)

// maxLanes bounds the segments that one append writes at the same time: the
// tables there are, twice, as around the turn of an hour.
const maxLanes = 32

// Append is the events of one pull from a partition on their way to disk. It
// is for one goroutine, and ends with Commit or Abort.
type Append struct {
	lake      *Lake
	partition string
	from, to  uint64

	lanes map[laneKey]*lane
	used  int64 // counts uses of lanes
	done  []*written
	rows  int64

	origins map[originKey]noted
	notes   int // batches that were noted

	err  error // what ended it
	over bool
}

type laneKey struct {
	class event.Class
	hour  int64
}

// lane is a segment that is being written.
type lane struct {
	key   laneKey
	stage *stage
	used  int64

	// Of the segment in progress, once rows were written to it.
	lean *lean
	w    *segmentWriter
	file *file
}

// written is a segment whose files are complete under temporary names.
type written struct {
	seg          *segment
	data, filter string
}

// Begin starts the append of numbers from to to (both included) of a
// partition's stream. Numbers rise from one append of a partition to the
// next; what is at or below Mark must have been left out by the caller.
func (l *Lake) Begin(partition string, from, to uint64) *Append {
	a := &Append{lake: l, partition: partition, from: from, to: to, lanes: map[laneKey]*lane{}}
	if from > to || from == 0 {
		a.err = fmt.Errorf("lake: append of numbers %d to %d", from, to)
	} else if mark := l.Mark(partition); from <= mark {
		a.err = fmt.Errorf("%w: partition %q up to %d, and the append starts at %d", ErrCovered, partition, mark, from)
	}
	return a
}

// Extend says that the append has the numbers up to to as well.
func (a *Append) Extend(to uint64) { a.to = max(a.to, to) }

// Rows returns how many events were added.
func (a *Append) Rows() int64 { return a.rows }

// Add adds an event. It keeps nothing of e. An event without received_time
// gets the present.
func (a *Append) Add(e *event.Event) error {
	if a.err != nil {
		return a.err
	}
	received, ok := event.ReceivedTime.Get(e), event.ReceivedTime.Has(e)
	if !ok {
		received = a.lake.opts.Now().UnixNano()
	}
	ln, err := a.lane(laneKey{e.Class, hourOf(received)})
	if err != nil {
		return a.fail(err)
	}
	ln.stage.add(e, received)
	a.rows++
	if ln.stage.full() {
		if err := a.write(ln); err != nil {
			return a.fail(err)
		}
	}
	return nil
}

// write writes what a lane has collected. Rows with values in other columns
// than its segment has go to a new one.
func (a *Append) write(ln *lane) error {
	if ln.w != nil && !ln.lean.has(ln.stage.used) {
		if err := a.seal(ln, false); err != nil {
			return err
		}
	}
	if ln.w == nil {
		f, err := a.lake.disk.create(fmt.Sprintf("tmp/%d%s", a.lake.nextSerial(), extData))
		if err != nil {
			return err
		}
		ln.lean, ln.file = a.lake.leanOf(ln.stage.table, ln.stage.used), f
		ln.w = a.lake.takeWriter(ln.lean)
		ln.w.reset(f)
	}
	return ln.stage.writeTo(ln.w)
}

// isOpen reports whether a later revision of the event may come.
func isOpen(e *event.Event) bool {
	switch e.Class {
	case event.ClassFinding, event.ClassIncident:
		return true
	case event.ClassAudit:
		return stageIsOpen(event.AuditStage.Get(e)) || event.AuditAwaits.Get(e)
	}
	return event.MetadataAwaits.Get(e)
}

// stageIsOpen reports whether a request at this stage is not over.
func stageIsOpen(stage string) bool { return stage != "ResponseComplete" && stage != "Panic" }

// lane returns the segment in progress of a key.
func (a *Append) lane(key laneKey) (*lane, error) {
	a.used++
	if ln := a.lanes[key]; ln != nil {
		ln.used = a.used
		return ln, nil
	}
	t := a.lake.tables[key.class]
	if t == nil {
		return nil, errors.New("lake: an event of no table")
	}
	if len(a.lanes) >= maxLanes {
		var oldest *lane
		for _, ln := range a.lanes {
			if oldest == nil || ln.used < oldest.used {
				oldest = ln
			}
		}
		if err := a.finish(oldest, false); err != nil {
			return nil, err
		}
	}
	ln := &lane{key: key, stage: a.lake.takeStage(t), used: a.used}
	a.lanes[key] = ln
	return ln, nil
}

// finish writes what a lane has and completes its files under their temporary
// names.
func (a *Append) finish(ln *lane, last bool) error {
	delete(a.lanes, ln.key)
	if err := a.write(ln); err != nil {
		return errors.Join(err, a.drop(ln))
	}
	a.lake.putStage(ln.stage)
	return a.seal(ln, last)
}

// seal completes the segment in progress of a lane.
func (a *Append) seal(ln *lane, last bool) error {
	place := "part"
	if last {
		place = strconv.Itoa(len(a.done) + 1)
	}
	filters, err := ln.w.close(keyCommit, place)
	if err != nil {
		return errors.Join(err, a.drop(ln))
	}
	seg := &segment{
		class: ln.key.class, hour: ln.key.hour, partition: a.partition, from: a.from, // to and name follow when all is there
		columns: ln.lean.set,
	}
	wr, err := a.lake.complete(seg, ln.w, ln.file, filters)
	a.lake.putWriter(ln.lean, ln.w)
	ln.lean, ln.w, ln.file = nil, nil, nil
	if err != nil {
		return err
	}
	a.done = append(a.done, wr)
	return nil
}

// drop gives up a lane.
func (a *Append) drop(ln *lane) error {
	f := ln.file
	if ln.file = nil; f == nil {
		return nil
	}
	return errors.Join(f.Close(), a.lake.disk.remove(f.name))
}

// complete makes durable the data file that w wrote and its filters, and
// fills in what the manifest says about them. It removes both on an error.
func (l *Lake) complete(seg *segment, w *segmentWriter, f *file, filters []byte) (*written, error) {
	wr := &written{seg: seg, data: f.name, filter: f.name[:len(f.name)-len(extData)] + extFilters}
	seg.bytes, seg.crc, seg.segmentStats = w.out.n, w.out.crc, w.stats
	if err := f.finish(); err != nil {
		return nil, errors.Join(err, l.disk.remove(wr.data))
	}
	idx, err := l.disk.create(wr.filter)
	if err != nil {
		return nil, errors.Join(err, l.disk.remove(wr.data))
	}
	_, err = idx.Write(filters)
	if err = errors.Join(err, idx.finish()); err != nil {
		return nil, errors.Join(err, l.disk.remove(wr.data), l.disk.remove(wr.filter))
	}
	seg.idxBytes, seg.idxCRC = int64(len(filters)), checksum(filters)
	return wr, nil
}

// Commit makes the events durable and visible, together with the partition's
// new high-water mark. After an error nothing of the append is stored, and
// the same numbers may be appended again; ErrFull says that there must be
// room first.
func (a *Append) Commit(ctx context.Context) error {
	if a.over {
		return errors.New("lake: the append is over")
	}
	err := a.err
	if err == nil {
		err = a.lake.writable()
	}
	keys := make([]*lane, 0, len(a.lanes))
	for _, ln := range a.lanes {
		keys = append(keys, ln)
	}
	slices.SortFunc(keys, func(x, y *lane) int { return int(x.used - y.used) })
	for i, ln := range keys {
		if err == nil {
			err = a.finish(ln, i == len(keys)-1)
		}
	}
	if err == nil {
		err = a.lake.commit(ctx, a)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("append of %q %d to %d: %w", a.partition, a.from, a.to, err), a.Abort())
	}
	a.over = true
	return nil
}

// Abort gives the append up: nothing of it is stored. After Commit it does
// nothing.
func (a *Append) Abort() error {
	if a.over {
		return nil
	}
	a.over = true
	var errs []error
	for _, ln := range a.lanes {
		errs = append(errs, a.drop(ln))
	}
	a.lanes = nil
	for _, wr := range a.done {
		errs = append(errs, a.lake.disk.remove(wr.data), a.lake.disk.remove(wr.filter))
	}
	return errors.Join(errs...)
}

func (a *Append) fail(err error) error {
	a.err = err
	return err
}

// commit puts the files in place and writes the manifest.
func (l *Lake) commit(ctx context.Context, a *Append) error {
	l.step.Lock()
	defer l.step.Unlock()
	// Another append of the partition may have come first.
	if mark := l.Mark(a.partition); a.from <= mark {
		return fmt.Errorf("%w: partition %q up to %d", ErrCovered, a.partition, mark)
	}
	for i, wr := range a.done {
		wr.seg.to, wr.seg.name = a.to, appendedName(wr.seg.class, wr.seg.hour, a.partition, a.from, a.to, i)
	}
	if err := l.link(a.done); err != nil {
		return err
	}
	if err := l.place(a.done); err != nil {
		return errors.Join(err, l.unlink(a.done))
	}
	var lost []Waiting
	var origins map[string][]epochMark
	err := l.m.update(ctx, func(tx *sql.Tx) (err error) {
		if err := number(ctx, tx, a.done); err != nil {
			return err
		}
		for _, wr := range a.done {
			if err := insertSegment(ctx, tx, wr.seg); err != nil {
				return err
			}
		}
		if lost, err = l.enlist(ctx, tx, a.done); err != nil {
			return err
		}
		if origins, err = l.keepOrigins(ctx, tx, a.origins); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO mark VALUES (?, ?) ON CONFLICT (partition) DO UPDATE SET seq = excluded.seq`, a.partition, strconv.FormatUint(a.to, 10))
		return err
	})
	if err != nil {
		return l.undo(a, err)
	}
	for _, wr := range a.done {
		wr.seg.columns.numbered = true
	}
	l.publish(a, origins)
	l.enlisted(ctx, a.done, lost)
	return nil
}

// publish makes memory say what the manifest says after a commit.
func (l *Lake) publish(a *Append, origins map[string][]epochMark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, wr := range a.done {
		c := wr.seg.class
		l.live[c] = append(l.live[c][:len(l.live[c]):len(l.live[c])], wr.seg)
	}
	l.marks[a.partition] = a.to
	l.knowOrigins(origins)
}

// place gives files their final names, durably. After an error none has one.
func (l *Lake) place(files []*written) (err error) {
	var dirs []string
	defer func() {
		if err != nil {
			err = errors.Join(err, l.unplace(files))
		}
	}()
	for _, wr := range files {
		dir := path.Dir(wr.seg.name)
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
			if err := l.disk.mkdir(dir); err != nil {
				return err
			}
		}
		if err := l.disk.rename(wr.filter, wr.seg.idxFile()); err != nil {
			return err
		}
		if err := l.disk.rename(wr.data, wr.seg.dataFile()); err != nil {
			return err
		}
	}
	for _, dir := range dirs {
		if err := l.disk.syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lake) unplace(files []*written) error {
	var errs []error
	for _, wr := range files {
		errs = append(errs, l.disk.remove(wr.seg.idxFile()), l.disk.remove(wr.seg.dataFile()))
	}
	return errors.Join(errs...)
}

// undo takes the files away again after the manifest refused them. Where it
// cannot be told whether it did, the lake has to be opened again: files that
// may count must not go.
func (l *Lake) undo(a *Append, cause error) error {
	c, err := l.m.load(context.Background())
	switch {
	case err != nil:
		a.done = nil
		return l.fail(errors.Join(cause, err))
	case c.marks[a.partition] >= a.to:
		for i, wr := range a.done {
			for _, s := range c.segments {
				if s.name == wr.seg.name {
					a.done[i].seg.id = s.id
				}
			}
		}
		l.publish(a, c.origins)
		if err := l.countOutbox(context.Background()); err != nil {
			l.opts.Log.Warn("how much waits in the outbox is not known until the next start", "error", err)
		}
		return nil
	}
	return errors.Join(cause, l.unplace(a.done), l.unlink(a.done))
}
