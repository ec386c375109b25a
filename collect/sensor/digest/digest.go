//go:build linux

package digest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// File is one version of a file, by what the kernel says of its inode.
type File struct {
	Device uint32 // as the kernel numbers it, not as stat(2)
	Inode  uint64
	Change int64 // time of the last change (ctime), nanoseconds since 1970
	Size   uint64
}

// Job is a file that is to be read, and where.
type Job struct {
	File
	// PIDs are processes that run it, as procfs numbers them.
	PIDs []uint32
	// Beside are processes in whose root directory Path leads to it.
	Beside []uint32
	Path   string
	// Outside is a process in whose root directory the layers of an overlay stand by the paths with which it was mounted;
	// 0 for none. If there is one, the file is compared with the one that it hides in a lower layer.
	Outside uint32
	// Later says that it has time: what it is of will still be there.
	Later bool
}

// Result is what was read.
type Result struct {
	File
	// SHA256 is in hexadecimal, empty when the file could not be read: its process had ended, it had changed, or it is
	// longer than MaxSize.
	SHA256   string
	Original Original
}

// Original says what a lower layer of an overlay has in a file's place.
type Original uint8

// What it may have.
const (
	NotCompared Original = iota // it was not looked for, or could not be
	Missing                     // nothing
	Same                        // a file with the same content
	Different                   // another file
)

// Options bound a Hasher.
type Options struct {
	// Proc is where procfs is mounted, "/proc" when empty.
	Proc string
	// MaxSize is the size up to which files are read, 256 MiB when 0.
	MaxSize int64
	// Rate is how many bytes are read in a second, 64 MiB when 0: a tenth of what a core can hash. What may be read later
	// has a thirty-second part of that besides: some four minutes for the programs of a node, in some thousandths of
	// a core.
	Rate int64
}

const (
	defaultMaxSize = 256 << 20
	defaultRate    = 64 << 20
	// maxJobs bounds the files that wait to be read.
	maxJobs = 1024
	// chunk is what is read between two looks at the rate.
	chunk = 256 << 10
	// readBytes is how much of that is read at once.
	readBytes = 64 << 10
	// laterShare is by how much slower that is read which has time.
	laterShare = 32
)

// Hasher reads files, those that have time beside the others. Its methods may be called by several goroutines at once.
type Hasher struct {
	o       Options
	jobs    chan Job
	later   chan Job
	results chan Result
	stop    context.CancelFunc
	running sync.WaitGroup
}

// complete returns the options with their defaults.
func (o Options) complete() Options {
	if o.Proc == "" {
		o.Proc = "/proc"
	}
	if o.MaxSize <= 0 {
		o.MaxSize = defaultMaxSize
	}
	if o.Rate <= 0 {
		o.Rate = defaultRate
	}
	return o
}

// New starts a Hasher. Close it.
func New(o Options) *Hasher {
	o = o.complete()
	ctx, stop := context.WithCancel(context.Background())
	h := &Hasher{o: o, jobs: make(chan Job, maxJobs), later: make(chan Job, maxJobs), results: make(chan Result, maxJobs), stop: stop}
	h.running.Go(func() { h.run(ctx, h.jobs, o.Rate) })
	h.running.Go(func() { h.run(ctx, h.later, o.Rate/laterShare) })
	return h
}

// Close ends the reading.
func (h *Hasher) Close() {
	h.stop()
	h.running.Wait()
}

// Want has a file read. It does not wait, and reports false when too many wait already.
func (h *Hasher) Want(j Job) bool {
	jobs := h.jobs
	if j.Later {
		jobs = h.later
	}
	select {
	case jobs <- j:
		return true
	default:
		return false
	}
}

// Results has one result for each file that was wanted.
func (h *Hasher) Results() <-chan Result { return h.results }

// run reads what is wanted of one queue, at a rate in bytes a second.
func (h *Hasher) run(ctx context.Context, jobs <-chan Job, rate int64) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-jobs:
			r := h.read(ctx, &j, rate)
			select {
			case h.results <- r:
			case <-ctx.Done():
				return
			}
		}
	}
}

// errOther says that what was opened is not the version of the file that was wanted.
var errOther = errors.New("another file, or another version of it")

// read reads a file by the first of the ways that leads to it.
func (h *Hasher) read(ctx context.Context, j *Job, rate int64) Result {
	r := Result{File: j.File}
	if j.Size > uint64(h.o.MaxSize) {
		return r
	}
	for _, pid := range j.PIDs {
		if sum, err := h.link(ctx, j, pid, rate); err == nil {
			r.SHA256 = sum
			break
		}
	}
	for i := 0; i < len(j.Beside) && r.SHA256 == ""; i++ {
		if sum, err := h.beside(ctx, j, j.Beside[i], rate); err == nil {
			r.SHA256 = sum
		}
	}
	if r.SHA256 != "" && j.Outside != 0 {
		r.Original = h.compare(ctx, j, r.SHA256, rate)
	}
	return r
}

func (h *Hasher) process(pid uint32, name string) string {
	return filepath.Join(h.o.Proc, strconv.FormatUint(uint64(pid), 10), name)
}

// link reads the program that a process runs.
func (h *Hasher) link(ctx context.Context, j *Job, pid uint32, rate int64) (string, error) {
	f, err := os.Open(h.process(pid, "exe"))
	if err != nil {
		return "", err
	}
	defer f.Close()
	return h.version(ctx, f, j, rate)
}

// beside reads what stands at the path in the root of a process.
func (h *Hasher) beside(ctx context.Context, j *Job, pid uint32, rate int64) (string, error) {
	f, err := h.within(h.process(pid, "root"), j.Path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return h.version(ctx, f, j, rate)
}

// within opens a regular file below a directory that stands for the root. Nothing on the way leads out of it, and no
// device or pipe is waited for.
func (h *Hasher) within(root, path string) (*os.File, error) {
	dir, err := unix.Open(root, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", root, err)
	}
	defer unix.Close(dir)
	fd, err := unix.Openat2(dir, path, &unix.OpenHow{
		Flags: unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOCTTY, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err != nil {
		return nil, fmt.Errorf("open a program: %w", err)
	}
	return os.NewFile(uintptr(fd), path), nil
}

// version returns the hash of an open file if it is the wanted version, before and after it was read.
func (h *Hasher) version(ctx context.Context, f *os.File, j *Job, rate int64) (string, error) {
	if err := same(f, j); err != nil {
		return "", err
	}
	sum, err := h.hash(ctx, f, rate)
	if err != nil {
		return "", err
	}
	return sum, same(f, j)
}

// same reports whether an open file is of the wanted version. An overlay shows inode and device of its own, so these two
// are not compared; size and time of change are those of the file itself.
func same(f *os.File, j *Job) error {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return fmt.Errorf("look at a program: %w", err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || uint64(st.Size) != j.Size || st.Ctim.Nano() != j.Change {
		return errOther
	}
	return nil
}

// hash reads to the end, no faster than the rate.
func (h *Hasher) hash(ctx context.Context, r io.Reader, rate int64) (string, error) {
	sum := sha256.New()
	buf := make([]byte, readBytes)
	began := time.Now()
	total := int64(0)
	for {
		n, err := io.CopyBuffer(sum, io.LimitReader(r, chunk), buf)
		total += n
		if err != nil {
			return "", fmt.Errorf("read a program: %w", err)
		}
		if n < chunk {
			return hex.EncodeToString(sum.Sum(nil)), nil
		}
		if total > h.o.MaxSize {
			return "", errOther
		}
		ahead := time.Duration(float64(total)/float64(rate)*float64(time.Second)) - time.Since(began)
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(max(ahead, 0)):
		}
	}
}
