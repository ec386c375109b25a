//go:build linux

package sensor

import (
	"context"
	"sync/atomic"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/marks"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// The activities of rows about files that change.
const (
	activityUpdate     = "Update"
	activityDelete     = "Delete"
	activityRename     = "Rename"
	activityAttributes = "Set Attributes"
)

// maxPending is how many changes are kept between two looks into the ring; the others stay in the kernel's queue.
const maxPending = 1024

// changes are files that change, as marks on file systems tell them. The nil value is of a plan that wants none.
type changes struct {
	group   *marks.Group
	options marks.Options
	rows    *rows
	// pending were read before the ring was last looked into: who made them is known by now.
	pending []marks.Event
	// rests has a place when the sensor is about to wait for long.
	rests chan struct{}
	// sent and lost count, for who asks from another goroutine.
	sent, lost atomic.Uint64
}

// newChanges marks what a plan wants to be marked.
func newChanges(s *Spec, r *rows) (*changes, error) {
	o := wantsMarks(&s.Plan)
	if !o.Change && !o.Write {
		return nil, nil //nolint:nilnil // none is what is wanted
	}
	o.Proc = s.Proc
	group, err := marks.New(o)
	if err != nil {
		return nil, err
	}
	// What cannot be looked at is told by its path on the node.
	r.overlays = func(pid uint32) { _ = group.Overlays(pid) }
	return &changes{group: group, options: o, rows: r, rests: make(chan struct{}, 1)}, nil
}

// wanted returns what is marked.
func (c *changes) wanted() marks.Options {
	if c == nil {
		return marks.Options{}
	}
	return marks.Options{Change: c.options.Change, Write: c.options.Write}
}

func (c *changes) close() error {
	if c == nil {
		return nil
	}
	return c.group.Close()
}

// rest has watch wake the sensor, once, when there is something to read. Until it is called again, the sensor looks by
// itself.
func (c *changes) rest() {
	if c == nil {
		return
	}
	select {
	case c.rests <- struct{}{}:
	default:
	}
}

// watch calls wake some milliseconds after there is something to read while the sensor rests, until ctx is done: what
// changes one file changes more of them, as a rule.
func (c *changes) watch(ctx context.Context, wake func() error) error {
	for c != nil {
		select {
		case <-ctx.Done():
			return nil
		case <-c.rests:
		}
		if err := c.group.Wait(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		pause(ctx, lookSooner)
		if err := wake(); err != nil {
			return err
		}
	}
	return nil
}

// step emits what was read last time and reads more. It is called after the ring has been emptied, and again soon if it
// says so.
func (c *changes) step() (soon bool, err error) {
	if c == nil {
		return false, nil
	}
	for i := range c.pending {
		if err := c.rows.change(&c.pending[i]); err != nil {
			return false, err
		}
	}
	c.pending = c.pending[:0]
	err = c.group.Read(func(e *marks.Event) bool {
		c.pending = append(c.pending, *e)
		return len(c.pending) < maxPending
	})
	c.sent.Add(uint64(len(c.pending)))
	c.lost.Store(c.group.Lost + c.group.Malformed)
	return len(c.pending) > 0, err
}

// drain emits all that there is.
func (c *changes) drain() error {
	for {
		more, err := c.step()
		if !more || err != nil {
			return err
		}
	}
}

func (c *changes) stats() HookStats {
	return HookStats{Hook: "fanotify", Sent: c.sent.Load(), Full: c.lost.Load()}
}

// change emits the rows of a change that the plan wants.
func (r *rows) change(e *marks.Event) error {
	var of container.ID
	if p := r.table.Latest(e.PID); p != nil {
		of = r.cgroups.known[p.Cgroup]
	}
	files := r.files(of)
	written := e.Written && files.Write.Match(e.Path)
	wanted := files.Change.Match(e.Path) || e.Previous != "" && files.Change.Match(e.Previous)
	for _, did := range []struct {
		activity string
		is       bool
	}{
		{activityCreate, e.Created && (wanted || written)},
		{activityUpdate, written && !e.Created},
		{activityRename, e.Renamed && wanted},
		{activityAttributes, e.Attributes && wanted},
		{activityDelete, e.Removed && wanted},
	} {
		if !did.is {
			continue
		}
		if err := r.changed(e, did.activity); err != nil {
			return err
		}
	}
	if !written && !wanted {
		r.filtered++
	}
	return nil
}

// changed emits one row.
func (r *rows) changed(e *marks.Event, activity string) error {
	now, err := sinceBoot()
	if err != nil {
		return err
	}
	actor := record.Actor{Process: record.Key{TGID: e.PID}, Thread: e.PID}
	p := r.table.Latest(e.PID)
	if p != nil {
		actor.Process, actor.Cgroup = p.Key, p.Cgroup
	}
	row := r.act(event.ClassFile, activity, &actor, now)
	if p == nil { // without its start it has no identity
		row.Clear(event.ActorProcessUID.ID())
	}
	nameFile(row, e.Path)
	set(row, event.FilePreviousPath, e.Previous)
	if e.Directory {
		event.FileType.Set(row, "directory")
	}
	if e.Written {
		event.FileOpenWrite.Set(row, true)
	}
	event.Status.Set(row, "Success")
	return r.finish(row)
}
