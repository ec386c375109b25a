package peer

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of files that nodes are given.
const (
	// MaxFiles is how many files a set has at most, MaxFileBytes how many bytes all of them have, with their names.
	MaxFiles     = 1024
	MaxFileBytes = 4 << 20
	// MaxPacked bounds them as Pack writes them, in bytes.
	MaxPacked = 512 << 10
	// maxFileName bounds the name of one.
	maxFileName = 200
)

// Files are texts by their names.
type Files map[string]string

// Valid says what is wrong with files, or nothing: there are too many or too large ones, or one has a name that is none.
func (f Files) Valid() error {
	if len(f) > MaxFiles {
		return fmt.Errorf("there are %d files, at most %d can be sent", len(f), MaxFiles)
	}
	size := 0
	for name, text := range f {
		if name == "" || len(name) > maxFileName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
			return fmt.Errorf("%.60q is no name of a file: at most %d bytes of text", name, maxFileName)
		}
		if !utf8.ValidString(text) {
			return fmt.Errorf("%s: it is no text in UTF-8", name)
		}
		size += len(name) + len(text)
	}
	if size > MaxFileBytes {
		return fmt.Errorf("the files have %d bytes, at most %d can be sent", size, MaxFileBytes)
	}
	return nil
}

// Pack returns valid files as few bytes, for Unpack.
func (f Files) Pack() ([]byte, error) {
	if err := f.Valid(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	err := json.NewEncoder(w).Encode(f) // in the order of their names
	if err == nil {
		err = w.Close()
	}
	if err == nil && b.Len() > MaxPacked {
		err = fmt.Errorf("they have %d bytes compressed, at most %d can be sent", b.Len(), MaxPacked)
	}
	if err != nil {
		return nil, fmt.Errorf("pack files: %w", err)
	}
	return b.Bytes(), nil
}

// Unpack reads what Pack wrote. Nothing is no files.
func Unpack(packed []byte) (Files, error) {
	if len(packed) == 0 {
		return Files{}, nil
	}
	if len(packed) > MaxPacked {
		return nil, fmt.Errorf("packed files of %d bytes, at most %d are read", len(packed), MaxPacked)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack files: %w", err)
	}
	const most = 7 * MaxFileBytes // a byte may be written as six
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && len(b) > most {
		err = fmt.Errorf("they have more than %d bytes", most)
	}
	f := Files{}
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err == nil {
		err = f.Valid()
	}
	if err != nil {
		return nil, fmt.Errorf("unpack files: %w", err)
	}
	return f, nil
}

// Version names files by their content, and whatever else is a part of what they mean: equal ones alone have the same.
func (f Files) Version(besides ...string) string {
	h := sha256.New()
	word := func(text string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(text)))
		h.Write(n[:])
		io.WriteString(h, text)
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		word(name)
		word(f[name])
	}
	h.Write([]byte{0xff})
	for _, text := range besides {
		word(text)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
