package tail

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
)

// A Tail follows files. Make one with New, and Run it.
type Tail struct {
	opts Options
	live *audit.Live
	// notices decodes what the Tail itself tells.
	notices *audit.Live
	files   map[fileID]*file
	// missing are the paths at which there was nothing when they were looked at.
	missing map[string]bool
	texts   map[*text]bool
	buffer  []byte
	look    int64 // number of the last look at the paths
	first   bool  // while the first look goes on
	saved   time.Time
	wait    time.Duration // until events are offered again after a failure
	status  atomic.Pointer[Status]
}

// A Status says how far a Tail is.
type Status struct {
	Files  int   // that are followed, also those read to their end
	Open   int   // of these
	Unread int64 // bytes that are in files and were not read; compressed ones as they stand
}

// New returns a Tail. The error says which option is wrong.
func New(opts Options) (*Tail, error) {
	opts.Paths = append([]string(nil), opts.Paths...)
	if err := opts.complete(); err != nil {
		return nil, err
	}
	l, err := audit.NewLive(opts.Live)
	if err != nil {
		return nil, fmt.Errorf("tail: %w", err)
	}
	told, err := intake.OpenNotices(opts.Live, notices)
	if err != nil {
		return nil, fmt.Errorf("tail: %w", err)
	}
	t := &Tail{opts: opts, live: l, notices: told, files: map[fileID]*file{}, texts: map[*text]bool{}, missing: map[string]bool{}, buffer: make([]byte, block)}
	t.status.Store(&Status{})
	return t, nil
}

// Status tells how far the Tail is. Any goroutine may call it.
func (t *Tail) Status() Status { return *t.status.Load() }

// Run follows the files until ctx ends, and saves where it is then. An error
// means that it could not begin: checkpoints cannot be read. What is wrong
// with a file is told to the log and the ledger, and tried again.
func (t *Tail) Run(ctx context.Context) error {
	kept, err := t.opts.Checkpoints.Load(ctx)
	if err != nil {
		return fmt.Errorf("tail: read the checkpoints: %w", err)
	}
	now := time.Now()
	for _, c := range kept {
		t.texts[&text{Checkpoint: c, source: c.Path, lost: now, time: noTime}] = true
	}
	t.first = true
	var looked time.Time
	for ctx.Err() == nil {
		if now = time.Now(); now.Sub(looked) >= t.opts.Discover {
			t.discover(now)
			t.tellCuts(ctx, now)
			looked, t.first = now, false
		}
		t.poll(now)
		idle := t.drain(ctx, looked.Add(t.opts.Discover))
		t.settleEnds(ctx, time.Now())
		if time.Since(t.saved) >= t.opts.Save {
			t.save(ctx)
		}
		t.tell()
		if idle {
			pause(ctx, t.opts.Poll)
		}
	}
	for _, f := range t.files {
		f.close()
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	t.save(ending)
	return nil
}

// drain reads what is there, the oldest events first, until nothing is left
// or it is time to look at the paths again. It reports whether nothing is
// left.
func (t *Tail) drain(ctx context.Context, until time.Time) (idle bool) {
	for ctx.Err() == nil {
		f := t.oldest()
		if f == nil {
			return true
		}
		if err := t.read(ctx, f); err != nil {
			t.trouble(f, err)
		}
		if !f.unread() && t.isFull() {
			f.close()
		}
		now := time.Now()
		if now.Sub(t.saved) >= t.opts.Save {
			t.save(ctx)
		}
		if now.After(until) {
			return false
		}
	}
	return true
}

// oldest returns the file whose next event is the oldest, nil when nothing is
// unread. So rotated files are read in their order, and those of several API
// servers side by side.
func (t *Tail) oldest() *file {
	var best *file
	for _, f := range t.files {
		if !f.unread() {
			continue
		}
		if f.text.time == noTime {
			if t.peek(f); f.text == nil {
				continue
			}
		}
		if best == nil || f.text.time < best.text.time || f.text.time == best.text.time && f.path < best.path {
			best = f
		}
	}
	return best
}

// trouble notes that a file cannot be read on until it changes, or until the
// next look.
func (t *Tail) trouble(f *file, err error) {
	f.stuck = true
	f.close()
	t.opts.Ledger.Troubled(t.sourceOf(f), err.Error())
	if said := err.Error(); f.said != said {
		f.said = said
		t.opts.Log.Warn("log cannot be read on", "file", f.path, "error", err)
	}
}

func (t *Tail) sourceOf(f *file) string {
	if f.text != nil {
		return f.text.source
	}
	return f.path
}

// save saves the checkpoints that changed.
func (t *Tail) save(ctx context.Context) {
	t.saved = time.Now()
	for x := range t.texts {
		if !x.dirty {
			continue
		}
		if err := t.opts.Checkpoints.Save(ctx, x.Checkpoint); err != nil {
			t.opts.Log.Error("checkpoint cannot be saved; after a restart events will come twice", "file", x.Path, "error", err)
			return
		}
		x.dirty = false
	}
}

// tell publishes the status.
func (t *Tail) tell() {
	s := &Status{}
	for _, f := range t.files {
		if f.foreign {
			continue
		}
		s.Files++
		if f.r != nil {
			s.Open++
		}
		switch {
		case f.text == nil:
		case f.packed && !f.text.Complete:
			s.Unread += f.size
		case !f.packed:
			s.Unread += max(0, f.size-f.text.Offset)
		}
	}
	t.status.Store(s)
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
