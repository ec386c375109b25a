package tail

import (
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
)

// A Start says where files are begun that are there when Run begins and have
// no checkpoint. Files that appear later are always read from their beginning.
type Start uint8

// Where to begin.
const (
	// FromBeginning reads everything that is there.
	FromBeginning Start = iota
	// FromEnd reads what is written from now on.
	FromEnd
)

const (
	defaultPoll       = 250 * time.Millisecond
	defaultDiscover   = time.Second
	defaultSave       = time.Second
	defaultRotateWait = time.Minute
	defaultMaxOpen    = 256
)

// Options of New.
type Options struct {
	// Paths are files, directories and patterns (as filepath.Match has them).
	// They need not exist yet. In directories, files that do not look like
	// logs of JSON are passed over; where Live.Wrap is set, those that are no
	// text, wherever they are.
	Paths []string
	// Start says where to begin.
	Start Start
	// Sink makes events durable; required.
	Sink intake.Sink
	// Ledger keeps the accounts; required.
	Ledger *intake.Ledger
	// Checkpoints keeps how far each file was read; required.
	Checkpoints Checkpoints
	// Live says how documents are decoded.
	Live audit.LiveOptions
	// Cluster and Server identify whose logs they are; see audit.Origin.
	Cluster, Server string
	// Node is whose logs they are; "" for none. Only what the Tail itself tells
	// of a log has it.
	Node string
	// Poll is how often open files are looked at, 0 meaning a quarter of a
	// second; Discover how often the paths are, and files that are not open, 0
	// meaning a second.
	Poll, Discover time.Duration
	// Save is how often checkpoints are saved; 0 means a second.
	Save time.Duration
	// RotateWait is how long a file that is gone from its place, renamed or
	// deleted, is read on after it grew last, and how long a text that was cut
	// from its file may be nowhere until that is told; 0 means a minute.
	RotateWait time.Duration
	// MaxOpen is how many files are kept open; 0 means 256. A file that is
	// not open and is renamed to a name outside of the paths is lost from
	// sight.
	MaxOpen int
	// Log is told what happens to files; nil means nobody is.
	Log *slog.Logger
}

func (o *Options) complete() error {
	switch {
	case len(o.Paths) == 0:
		return errors.New("tail: there is nothing to follow; name files, directories or patterns")
	case o.Sink == nil || o.Ledger == nil || o.Checkpoints == nil:
		return errors.New("tail: there is no sink, no ledger or no place for checkpoints")
	}
	for i, p := range o.Paths {
		if _, err := filepath.Match(p, ""); err != nil {
			return errors.New("tail: " + p + " is no pattern that can be read; put a backslash before [, * and ? that are meant as they stand")
		}
		o.Paths[i] = filepath.Clean(p)
	}
	orDuration := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	orDuration(&o.Poll, defaultPoll)
	orDuration(&o.Discover, defaultDiscover)
	orDuration(&o.Save, defaultSave)
	orDuration(&o.RotateWait, defaultRotateWait)
	if o.MaxOpen <= 0 {
		o.MaxOpen = defaultMaxOpen
	}
	if o.Live.MaxDocument <= 0 {
		o.Live.MaxDocument = audit.DefaultMaxDocument
	}
	if o.Live.Now == nil {
		o.Live.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}
