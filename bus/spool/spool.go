package spool

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Bounds unless told otherwise.
const (
	// DefaultBytes is what a spool takes on the disk: with 40 bytes an event, compressed, some 25 million events.
	DefaultBytes = 1 << 30
	// DefaultMemory is what it takes in memory while the disk takes nothing.
	DefaultMemory = 4 << 20
	// MinBytes is the least that a spool may be given on the disk.
	MinBytes = 8 * MaxPayload
)

// Segments are a 64th of the disk space, within these bounds, so that what is given up at once is little.
const (
	minSegment    = 64 << 10
	maxSegment    = 4 << 20
	segmentsEach  = 64
	memorySegment = 256 << 10
	// idleSegment is the size beyond which a segment of which all was sent is removed though there is room in it, so that
	// the kernel need not write it out.
	idleSegment = 256 << 10
	// maxSegments bounds the files: beyond it, owners have no segments of their own.
	maxSegments = 1024
)

// Errors of a spool.
var (
	ErrClosed = errors.New("spool: closed")
	ErrInUse  = errors.New("spool: another process uses it")
	// ErrTooLarge says that a batch is larger than MaxPayload.
	ErrTooLarge = errors.New("spool: the batch is too large")
	// ErrShed says that a batch was given up, and counted: there is no room, and what is kept is more important.
	ErrShed = errors.New("spool: no room")
)

// Options say where and how much.
type Options struct {
	// Dir is the directory, which is made if there is none. Nobody else may write in it.
	Dir string
	// Bytes bounds the files in it, Memory what is kept in memory when the disk takes nothing; DefaultBytes and
	// DefaultMemory when 0.
	Bytes, Memory int64
	// Now is the clock, for times that are told.
	Now func() time.Time
}

// Input is a batch to be kept.
type Input struct {
	Lane Lane
	// Owner is who alone made the batch, such as a container that floods: its batches are given up before others'. Empty for
	// many.
	Owner string
	// Shares say what the batch has, for the counts of what is given up. Put may change the list.
	Shares  []Share
	Payload []byte
}

// Batch is a batch to be sent.
type Batch struct {
	Lane     Lane
	Epoch    string // 32 digits in hexadecimal
	Sequence uint64
	Sealed   time.Time // when Put took it, by the clock of then
	Events   uint32
	Payload  []byte

	generation uint64
}

// Spool is the spool. Put may be called by several goroutines; Next and Done are for one.
type Spool struct {
	opts       Options
	segment    int64 // bytes of one
	generation uint64
	epoch      string
	dir        *os.File // holds the lock
	some       chan struct{}
	stop       context.CancelFunc
	forcing    sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	lanes    [lanes]lane
	number   uint64 // of the last file
	segments int
	disk     int64 // bytes of files
	memory   int64 // bytes in memory
	sending  Batch // what Next returned last, without its payload
	marks    marks
	shed     shares
	lost     shares
	newFiles bool // since the directory was forced to the disk
	trouble  error
	counts   Counts
	buf      []byte // of heads
	record   []byte
}

// Open opens the spool of a directory and says what was found in it. Close must be called. The error wraps ErrInUse while another
// process has it open.
func Open(o Options) (*Spool, Found, error) {
	if o.Bytes == 0 {
		o.Bytes = DefaultBytes
	}
	if o.Bytes < MinBytes {
		return nil, Found{}, fmt.Errorf("spool: %d bytes are too few; give it %d at least", o.Bytes, MinBytes)
	}
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
	var random [epochBytes]byte
	_, _ = rand.Read(random[:]) // it never fails, see crypto/rand
	s := &Spool{
		opts: o, epoch: hex.EncodeToString(random[:]), some: make(chan struct{}, 1),
		segment: min(max(o.Bytes/segmentsEach, minSegment), maxSegment), shed: shares{}, lost: shares{},
		buf: make([]byte, maxRecordHead),
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, Found{}, fmt.Errorf("spool: %w", err)
	}
	var err error
	if s.dir, err = lockDir(o.Dir); err != nil {
		return nil, Found{}, err
	}
	found, err := s.recover()
	if err != nil {
		return nil, Found{}, errors.Join(err, s.dir.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.forcing.Go(func() { s.forceAll(ctx) })
	return s, found, nil
}

// Close closes the spool; what is in it stays there. What is in memory only is lost, and counted as such.
func (s *Spool) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.forcing.Wait()
	err := s.force(func(*lane, *segment) bool { return true })
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.lanes {
		for _, t := range s.lanes[i].streams {
			for _, g := range t.segments {
				if g.inMemory {
					s.count(g, s.lost, &s.counts.Lost)
				}
				g.store.rest()
			}
		}
	}
	s.marks.close()
	s.wake()
	return errors.Join(err, s.dir.Close())
}

// wake has Next look again.
func (s *Spool) wake() {
	select {
	case s.some <- struct{}{}:
	default:
	}
}

// path is the name of a segment's file.
func (s *Spool) path(number uint64) string {
	return filepath.Join(s.opts.Dir, fmt.Sprintf("%016x%s", number, suffix))
}

// suffix ends the names of segments' files.
const suffix = ".segment"
