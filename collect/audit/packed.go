package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// maxPacked is how much the text of one packed entry may be. CloudWatch packs
// at most a megabyte of messages at a time.
const maxPacked = 64 << 20

// packed reads documents that are base64 of text, or of gzip.
func (u *unwrapper) packed(text []byte, w wrapping, depth int) {
	doc, err := unpack(text)
	if err != nil {
		u.broken(&rawjson.SyntaxError{Line: 1, Msg: "packed data cannot be read: " + err.Error()}, 0)
		return
	}
	u.document(doc, w, depth+1)
}

// unpack undoes base64, and gzip if there is any.
func unpack(text []byte) ([]byte, error) {
	data := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(data, text)
	if err != nil {
		return nil, fmt.Errorf("base64: %w", err)
	}
	data = data[:n]
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, maxPacked+1))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	if len(out) > maxPacked {
		return nil, errors.New("more than 64 MiB of text")
	}
	return out, nil
}
