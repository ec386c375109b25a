package journal

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/journal/file"
)

// Options of New. Path and the Feed are needed.
type Options struct {
	// Path is a directory of the journal's own files, one of them, a named pipe
	// that journalctl writes to, or "-" for Stdin.
	Path  string
	Stdin io.Reader
	// Positions keeps how far the journal's files were read. It is needed for
	// them.
	Positions Positions
	intake.Feed
}

// A Reader reads the journal's own files, or what journalctl writes, in either
// form, which is told by the first byte. Entries that come again are known by
// whoever stores them.
type Reader struct {
	o    Options
	from audit.Origin
	live *audit.Live
	said string // the trouble that was logged last
	poll time.Duration
}

// New returns a Reader that waits for Run.
func New(o Options) (*Reader, error) {
	if o.Path == "" || o.Path == stdin && o.Stdin == nil {
		return nil, errors.New("journal: there is nothing to read")
	}
	live, err := o.Open()
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return &Reader{o: o, from: audit.Origin{Source: "journal/" + o.Path, Cluster: o.Cluster}, live: live, poll: pollEvery}, nil
}

const stdin = "-"

// Run reads until ctx ends, or there is no more.
func (r *Reader) Run(ctx context.Context) error {
	if r.o.Path == stdin {
		return r.standard(ctx)
	}
	for wait := intake.FirstWait; ctx.Err() == nil; wait = min(2*wait, intake.LastWait) {
		if err := r.open(ctx); ctx.Err() == nil {
			r.told(err)
			intake.Sleep(ctx, wait)
		}
	}
	return nil
}

// standard reads standard input. A read of it cannot be broken off, so that one
// may be left behind when ctx ends.
func (r *Reader) standard(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := r.read(ctx, r.o.Stdin); ctx.Err() == nil {
			r.told(err)
		}
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return nil
}

func (r *Reader) told(err error) {
	text := ""
	if err != nil {
		text = err.Error()
		if text != r.said {
			r.o.Log.Warn("the journal cannot be read; it is tried again", "path", r.o.Path, "error", err)
		}
	}
	r.said = text
	r.o.Ledger.Troubled(r.from.Source, text)
}

// open reads the journal's files, or a named pipe, whoever writes to it one after
// the other.
func (r *Reader) open(ctx context.Context) error {
	info, err := os.Stat(r.o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no %[1]s: name a directory of the journal's files, as /var/log/journal, or make a pipe with mkfifo %[1]s, and have journalctl --follow --output export write to it", r.o.Path)
	case err != nil:
		return err
	case info.IsDir():
		return r.follow(ctx)
	case info.Mode().IsRegular():
		switch ours, err := begins(r.o.Path, file.Signature); {
		case err != nil:
			return allowed(err)
		case ours:
			return r.follow(ctx)
		}
	}
	if info.Mode()&fs.ModeNamedPipe == 0 {
		return fmt.Errorf("%s is no file of the journal and no named pipe: name a directory of the journal's files, or make a pipe with mkfifo and have journalctl --follow --output export write to it; a file that journalctl --output json writes is followed with --follow", r.o.Path)
	}
	// Opened for both, it waits for nobody, and has no end when who writes ends.
	f, err := os.OpenFile(r.o.Path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	shut := sync.OnceFunc(func() { _ = f.Close() }) // it was only read
	defer shut()
	stop := context.AfterFunc(ctx, shut)
	defer stop()
	return r.read(ctx, f)
}

// begins reports whether a file begins with a text.
func begins(path, text string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, len(text))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == text, nil
}

// allowed adds to an error what to do about it, where there is something.
func allowed(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: run Lynceus as a member of the group systemd-journal, who may read it", err)
	}
	return err
}

// together is about how much text is made durable at once, in bytes.
const together = 256 << 10

// read reads a stream to its end.
func (r *Reader) read(ctx context.Context, in io.Reader) error {
	text := bufio.NewReaderSize(counted{in, r}, 64<<10)
	head, err := text.Peek(1)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	next := (&Exporter{in: text}).Next
	if head[0] == '{' {
		next = (&lines{in: text}).next
	}
	var docs []byte
	for {
		doc, err := next()
		if len(doc) > 0 {
			docs = append(append(docs, doc...), '\n')
		}
		if err != nil || text.Buffered() == 0 || len(docs) > together {
			if failed := r.live.Lines(r.from, docs, 1, 0, func(b *audit.Batch) error { return r.o.Deliver(ctx, b) }); failed != nil {
				return failed
			}
			docs = docs[:0]
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// lines reads lines, and of those that are longer than file.MaxEntry the beginning:
// that is no document, and counted as one that cannot be read.
type lines struct {
	in   *bufio.Reader
	line []byte
}

func (l *lines) next() ([]byte, error) {
	l.line = l.line[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		l.line = append(l.line, part[:min(len(part), file.MaxEntry-len(l.line))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSpace(l.line), err
		}
	}
}

// counted counts what is read for the account.
type counted struct {
	io.Reader
	r *Reader
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.r.o.Ledger.Read(c.r.from.Source, int64(n))
	return n, err
}
