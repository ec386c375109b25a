package journaltest

import (
	"io"
	"os"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Unpack returns what a file packed with zstd has: files of the journal are
// megabytes of next to nothing.
func Unpack(t testing.TB, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
