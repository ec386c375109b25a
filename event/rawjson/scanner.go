package rawjson

import (
	"io"
	"sync"
)

// ScannerOptions of NewScanner. The zero value is ready for use.
type ScannerOptions struct {
	// Lists are the member names under which an object at the top may hold a
	// list of documents. Nil stands for DefaultLists.
	Lists []string
	// MaxDepth is how deeply values may nest; 0 stands for DefaultMaxDepth.
	MaxDepth int
	// MaxValue is how many bytes a document may have; 0 stands for 64 MiB.
	MaxValue int
	// ChunkSize is how many bytes are read at a time; 0 stands for 1 MiB.
	// It grows, up to about MaxValue, for documents that need more.
	ChunkSize int
}

// DefaultLists returns the member names under which Kubernetes lists
// ("items"), CloudWatch ("logEvents", "events"), Azure ("records", "value")
// and CloudTrail ("Records") hold their documents.
func DefaultLists() []string {
	return []string{"items", "logEvents", "records", "Records", "events", "value"}
}

const (
	defaultMaxValue  = 64 << 20
	defaultChunkSize = 1 << 20
	minChunkSize     = 16
)

// A Scanner splits a stream into JSON documents. It finds
//
//   - documents one on a line, with or without a comma at the end,
//   - documents one after the other, however they are laid out,
//   - the elements of arrays that stand at the top,
//   - the elements of a list inside an object at the top, such as the items of
//     an EventList; other members of that object are passed over.
//
// Lists are never held in memory as a whole. A value that is broken, or larger
// than MaxValue, is reported and passed over; scanning goes on at the next
// line that can begin a document. For a document that is laid out over many
// lines that is one that is no more indented than it.
//
// Lines that begin like earlier lines which held one document each are not
// looked into: they may turn out broken, be two documents, or be a list where
// the earlier ones were none, when they are read. Cut divides two documents.
//
// A Scanner is for one goroutine at a time.
type Scanner struct {
	r         io.Reader
	lists     [][]byte // with quotes
	maxDepth  int
	maxValue  int
	chunkSize int
	pool      *sync.Pool

	chunk   *Chunk // being filled
	buf     []byte // chunk.Data
	pos     int    // in buf; what is before has been dealt with
	started bool
	eof     bool
	readErr error

	line      int64 // at pos
	lineStart int64 // offset of that line
	blank     bool  // whether only white space is between lineStart and pos

	mode      mode
	enveloped bool   // whether the list is a member of an object
	lost      bool   // whether closing brackets of a list given up may follow
	column    int    // of the value being read, -1 where it does not begin its line
	inList    bool   // whether what is broken is in a list
	like      []byte // how lines begin that hold one document
	wasted    int64  // bytes looked at in vain beyond the end of a broken line
	tooBig    discard
	stats     ScanStats
	envelope  Envelope
	noted     noted // of the object being read
}

// A mode says what the next bytes are expected to be.
type mode uint8

const (
	atTop        mode = iota // a document or list
	atElement                // an element of a list
	afterElement             // a comma or the list's end
	afterMember              // the rest of the object that held a list
	atBroken                 // the rest of something broken
	atTooBig                 // the rest of a value that is too large
)

// ScanStats say what became of a stream so far. The three counts of bytes add
// up to Bytes.
type ScanStats struct {
	Bytes         int64 // all that has been dealt with
	DocumentBytes int64
	FramingBytes  int64 // white space, separators, what surrounds a list
	BrokenBytes   int64 // passed over because of errors
	Documents     int64
	Lists         int64 // at the top or in an object there
	Errors        int64
}

// NewScanner returns a Scanner that reads r.
func NewScanner(r io.Reader, opts ScannerOptions) *Scanner {
	s := &Scanner{
		r:         r,
		maxDepth:  depthLimit(opts.MaxDepth),
		maxValue:  opts.MaxValue,
		chunkSize: opts.ChunkSize,
		pool:      &sync.Pool{},
		line:      1,
		blank:     true,
	}
	if s.maxValue <= 0 {
		s.maxValue = defaultMaxValue
	}
	if s.chunkSize <= 0 {
		s.chunkSize = defaultChunkSize
	}
	s.chunkSize = max(s.chunkSize, minChunkSize)
	names := opts.Lists
	if names == nil {
		names = DefaultLists()
	}
	for _, name := range names {
		s.lists = append(s.lists, AppendQuoted(nil, []byte(name)))
	}
	return s
}

// Stats tells what became of the stream so far.
func (s *Scanner) Stats() ScanStats { return s.stats }

// Next returns the next documents, at least one or an error in Chunk.Errors.
// At the end of the stream the error is io.EOF. Any other error is the
// reader's, after all that could be read before it, or a *SyntaxError about
// text that is in UTF-16.
func (s *Scanner) Next() (*Chunk, error) {
	if !s.started {
		s.started = true
		s.use(nil, 0)
		s.fill()
		if err := s.start(); err != nil {
			return nil, err
		}
	}
	for {
		for s.step() {
		}
		if len(s.chunk.Docs) > 0 || s.chunk.Broken > 0 {
			full := s.chunk
			full.Data = s.buf
			s.use(s.buf[s.pos:], s.offset(s.pos))
			return full, nil
		}
		if s.eof {
			return nil, s.readErr
		}
		s.fill()
	}
}

// step deals with the next bytes. It returns false when it needs more.
func (s *Scanner) step() bool {
	if s.pos == len(s.buf) && !s.eof {
		return false
	}
	switch s.mode {
	case atTop:
		return s.top()
	case atElement:
		return s.element()
	case afterElement:
		return s.separator()
	case afterMember:
		return s.member()
	case atBroken:
		return s.recover()
	default:
		return s.discard()
	}
}
