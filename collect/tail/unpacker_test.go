package tail

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// TestUnpacker: text read at any offset, in any order, is that of the file.
func TestUnpacker(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, 300_000)
	for i := range text {
		text[i] = byte('a' + random.IntN(20))
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(text)
	z.Close()
	path := filepath.Join(t.TempDir(), "x.gz")
	if err := os.WriteFile(path, zipped.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	u := &unpacker{path: path}
	defer u.close()
	at := 0
	for range 500 {
		p := make([]byte, random.IntN(20_000)+1)
		n, err := u.ReadAt(p, int64(at))
		want := text[min(at, len(text)):min(at+len(p), len(text))]
		if !bytes.Equal(p[:n], want) || n < len(p) != errors.Is(err, io.EOF) {
			t.Fatalf("%d bytes at %d: %d bytes, %v", len(p), at, n, err)
		}
		switch random.IntN(4) {
		case 0:
			at = random.IntN(len(text) + 1000)
		case 1:
			at += random.IntN(n + 1)
		default:
			at += n
		}
	}
	if err := os.WriteFile(path, zipped.Bytes()[:zipped.Len()/2], 0o600); err != nil {
		t.Fatal(err)
	}
	u.close()
	p := make([]byte, len(text))
	n, err := u.ReadAt(p, 0)
	if n == 0 || !bytes.Equal(p[:n], text[:n]) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %d bytes, %v", n, err)
	}
}
