package webhook

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// errTooLarge ends a body that is larger than the limit.
var errTooLarge = errors.New("the body is larger than the limit")

// errEncoding is returned for a compression that is not known.
var errEncoding = errors.New("unknown Content-Encoding; send gzip or nothing")

// A body is the text of a request.
type body struct {
	wire   io.Reader
	text   io.Reader // wire, decompressed
	left   int64     // of the text that may come
	bytes  int64     // read from wire
	failed error     // of wire, or of the decompression
	broken bool      // whether it was wire's: the client went away, or is too slow
}

// open prepares the text for reading.
func (b *body) open(r *http.Request) error {
	if r.ContentLength > b.left {
		return errTooLarge
	}
	switch strings.ToLower(strings.Join(r.Header["Content-Encoding"], ",")) {
	case "", "identity":
		b.text = wireReader{b}
	case "gzip":
		z, err := gzip.NewReader(wireReader{b})
		if err != nil {
			return err
		}
		b.text = z
	default:
		return errEncoding
	}
	return nil
}

// Read reads text, up to the limit.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.text.Read(p[:min(int64(len(p)), b.left+1)])
	if int64(n) > b.left {
		n, err = int(b.left), errTooLarge
	} else if err != nil && err != io.EOF {
		b.failed = err
	}
	b.left -= int64(n)
	return n, err
}

// A wireReader reads the body as it comes and counts it.
type wireReader struct{ b *body }

// Read reads from the connection.
func (w wireReader) Read(p []byte) (int, error) {
	n, err := w.b.wire.Read(p)
	w.b.bytes += int64(n)
	if err != nil && err != io.EOF {
		w.b.broken = true
	}
	return n, err
}
