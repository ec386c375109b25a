package input

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/lynceus-io/lynceus/collect/journal/file"
)

const (
	// bufferSize is what is read at a time, before and after decompression.
	// 10,000 open files would be many; 64 KiB for each of some hundreds is not.
	bufferSize = 64 << 10
	// maxLayers is how often a file may be compressed. Logs that CloudWatch
	// hands to Firehose arrive in gzip twice.
	maxLayers = 3
	// maxWindow bounds the memory for one zstd file. It is what zstd itself
	// reads without being told to take more.
	maxWindow = 128 << 20
)

// A Stream is the text of a file, decompressed.
type Stream struct {
	file   io.Closer // an *os.File, nil for standard input
	text   *bufio.Reader
	zstds  []*zstd.Decoder
	layers []string
	times  *blanker // nil where lines do not begin with a time
}

// Open opens f for reading. stdin is what Stdin stands for. Bytes read from
// the file as it stands are added to done, which may be nil.
func Open(f File, stdin io.Reader, done *atomic.Int64) (*Stream, error) {
	s := &Stream{}
	var r io.Reader = stdin
	if f.Name != Stdin {
		opened, err := os.Open(f.Name)
		if err != nil {
			return nil, fmt.Errorf("open log: %w", err)
		}
		r, s.file = opened, opened
	} else if stdin == nil {
		return nil, errors.New("open log: there is no standard input")
	}
	s.text = bufio.NewReaderSize(&counter{r, done}, bufferSize)
	if err := s.decompress(); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.journal(done); err != nil {
		s.Close()
		return nil, fmt.Errorf("open log: %s: %w", f.Name, err)
	}
	if head, _ := s.text.Peek(longestTime + 1); TimePrefix(head) > 0 {
		s.times = &blanker{text: s.text, start: true}
	}
	return s, nil
}

// decompress puts a decompressor on top for each layer of compression.
func (s *Stream) decompress() error {
	for range maxLayers {
		head, err := s.text.Peek(4)
		if err != nil && len(head) == 0 {
			return nil // empty, or its error comes with the first Read
		}
		var r io.Reader
		switch {
		case len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b: // RFC 1952
			r, err = gzip.NewReader(s.text)
			s.layers = append(s.layers, "gzip")
		case len(head) == 4 && string(head) == "\x28\xb5\x2f\xfd": // RFC 8878
			var z *zstd.Decoder
			z, err = zstd.NewReader(s.text, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
			if err == nil {
				s.zstds = append(s.zstds, z)
			}
			r = z
			s.layers = append(s.layers, "zstd")
		default:
			return nil
		}
		if err != nil {
			return fmt.Errorf("open log: %w", err)
		}
		s.text = bufio.NewReaderSize(r, bufferSize)
	}
	return nil
}

// journal makes text of a file of systemd's journal, which is not read in the
// order in which it stands.
func (s *Stream) journal(done *atomic.Int64) error {
	if head, _ := s.text.Peek(len(file.Signature)); string(head) != file.Signature {
		return nil
	}
	r, ok := s.file.(io.ReaderAt)
	if !ok || len(s.layers) > 0 {
		return errors.New("a file of the journal is read where it lies: unpack it, and give its path")
	}
	text, err := file.Lines(&reached{r, done, int64(s.text.Buffered())})
	if err != nil {
		return err
	}
	s.text = bufio.NewReaderSize(text, bufferSize)
	return nil
}

// Layers names the compressions around the text, outermost first.
func (s *Stream) Layers() []string { return s.layers }

// Peek returns up to n bytes of text, at most 64 KiB, without reading them.
func (s *Stream) Peek(n int) []byte {
	head, _ := s.text.Peek(min(n, bufferSize))
	return head
}

// Read reads text. Where the file ends in the middle of its compression the
// error is io.ErrUnexpectedEOF, after all that could be read. Times that
// CloudWatch put before lines are read as blanks.
func (s *Stream) Read(p []byte) (int, error) {
	if s.times != nil {
		return s.times.Read(p)
	}
	return s.text.Read(p)
}

// Timed reports whether the lines begin with times, as CloudWatch exports
// them.
func (s *Stream) Timed() bool { return s.times != nil }

// Close releases the file and its decompressors. Standard input stays open.
func (s *Stream) Close() error {
	for _, z := range s.zstds {
		z.Close()
	}
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// A counter adds what is read to a number.
type counter struct {
	r    io.Reader
	done *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.done != nil {
		c.done.Add(int64(n))
	}
	return n, err
}

// reached adds what was read beyond the furthest place to a number.
type reached struct {
	io.ReaderAt
	done *atomic.Int64
	most int64
}

func (r *reached) ReadAt(p []byte, at int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(p, at)
	if end := at + int64(n); end > r.most {
		if r.done != nil {
			r.done.Add(end - r.most)
		}
		r.most = end
	}
	return n, err
}
