package lake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/lynceus-io/lynceus/event"
)

// Lake is a store of events in one directory. Its methods may be called by
// several goroutines at once.
type Lake struct {
	opts   Options
	disk   disk
	m      *manifest
	lock   *os.File // nil when read only
	tables map[event.Class]*table
	cache  filterCache

	// step is held by whoever changes the manifest, from reading what the
	// change depends on until memory says the same.
	step sync.Mutex
	// upkeep is held by Maintain.
	upkeep sync.Mutex

	mu       sync.Mutex // guards what follows
	closed   bool
	broken   error // why nothing can be written until the lake is opened again
	live     map[event.Class][]*segment
	dropped  []*segment
	marks    map[string]uint64
	origins  map[string][]epochMark // by source
	aside    []Aside
	version  int64 // of the manifest, when read only
	serial   int64 // numbers names
	outbox   OutboxStats
	originAt int64 // of the latest change of origins
	lean     map[event.Class]*lean
	stages   map[event.Class][]*stage
}

// Open opens the lake in opts.Dir. A writer takes the directory for itself
// (ErrLocked), cleans up what an interrupted process left, and says so in the
// Recovery; a reader does neither, and its Recovery only counts.
func Open(ctx context.Context, opts Options) (*Lake, *Recovery, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, nil, err
	}
	l := &Lake{opts: opts, disk: disk{dir: dir}, tables: map[event.Class]*table{}, lean: map[event.Class]*lean{}, stages: map[event.Class][]*stage{}}
	for _, c := range event.Classes() {
		l.tables[c] = newTable(c, event.Columns(c))
	}
	r, err := l.open(ctx)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("opening the store in %s: %w", dir, err), l.release())
	}
	return l, r, nil
}

func (l *Lake) open(ctx context.Context) (*Recovery, error) {
	name := l.disk.path(manifestName)
	if l.opts.ReadOnly {
		if _, err := os.Stat(name); err != nil {
			return nil, fmt.Errorf("no store is there: %w", err)
		}
		var err error
		if l.m, _, err = openManifest(ctx, name, true); err != nil {
			return nil, err
		}
		if err := l.reload(ctx); err != nil {
			return nil, err
		}
		r := &Recovery{}
		r.count(l.Stats())
		return r, nil
	}
	if err := os.MkdirAll(l.disk.dir, 0o750); err != nil {
		return nil, diskError(err)
	}
	var err error
	if l.lock, err = lockFile(l.disk.path("lock")); err != nil {
		return nil, err
	}
	for _, sub := range []string{"tmp", "seg", "aside"} {
		if err := l.disk.mkdir(sub); err != nil {
			return nil, err
		}
	}
	return l.recover(ctx)
}

// adopt makes memory say what the manifest says.
func (l *Lake) adopt(c *contents) {
	l.mu.Lock()
	defer l.mu.Unlock()
	pins := map[int64]*segment{}
	for _, list := range l.live {
		for _, s := range list {
			pins[s.id] = s
		}
	}
	l.live, l.dropped, l.marks, l.aside = map[event.Class][]*segment{}, nil, c.marks, c.aside
	l.origins, l.originAt = map[string][]epochMark{}, 0
	l.knowOrigins(c.origins)
	for _, s := range c.segments {
		if old := pins[s.id]; old != nil {
			s.pins = old.pins
		}
		l.serial = max(l.serial, s.id, mergedNumber(s.name))
		if s.droppedAt != 0 {
			l.dropped = append(l.dropped, s)
			continue
		}
		l.live[s.class] = append(l.live[s.class], s)
	}
}

// reload reads the manifest again when another process has changed it.
func (l *Lake) reload(ctx context.Context) error {
	version, err := l.m.version(ctx)
	if err != nil {
		return fmt.Errorf("reading the manifest: %w", err)
	}
	l.mu.Lock()
	fresh := l.live != nil && l.version == version
	l.mu.Unlock()
	if fresh {
		return nil
	}
	c, err := l.m.load(ctx)
	if err != nil {
		return err
	}
	l.adopt(c)
	l.mu.Lock()
	l.version = version
	l.mu.Unlock()
	return nil
}

// Mark returns the partition's high-water mark: the highest number of the
// stream whose events are stored, 0 when none is. What is at or below it is
// stored, once.
func (l *Lake) Mark(partition string) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.marks[partition]
}

// writable says why nothing can be written, nil when it can.
func (l *Lake) writable() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return ErrClosed
	case l.opts.ReadOnly:
		return ErrReadOnly
	}
	return l.broken
}

// fail notes that memory and manifest may say different things.
func (l *Lake) fail(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = fmt.Errorf("the store must be opened again: %w", err)
	return l.broken
}

// nextSerial returns a number that no file of the lake has.
func (l *Lake) nextSerial() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.serial++
	return l.serial
}

// Close lets the directory go. Snapshots that are still held stay readable
// for the grace period.
func (l *Lake) Close() error {
	l.upkeep.Lock()
	defer l.upkeep.Unlock()
	l.step.Lock()
	defer l.step.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	return l.release()
}

func (l *Lake) release() error {
	var errs []error
	if l.m != nil {
		errs = append(errs, l.m.close())
	}
	if l.lock != nil {
		errs = append(errs, l.lock.Close())
	}
	return errors.Join(errs...)
}

// forget takes segments out of the live ones. l.mu is held.
func (l *Lake) forget(gone []*segment) {
	for _, s := range gone {
		l.live[s.class] = slices.DeleteFunc(slices.Clone(l.live[s.class]), func(o *segment) bool { return o == s })
	}
}
