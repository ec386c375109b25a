package audit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
)

// BenchmarkReader reads a real log over and over, from the text to the
// records in order, on one worker.
func BenchmarkReader(b *testing.B) {
	text := append(bytes.Join(realEvents(b), []byte{'\n'}), '\n')
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	r, err := Open(context.Background(), []string{"-"}, Options{Workers: 1, Stdin: &repeater{text: text, left: int64(len(text)) * int64(b.N)}})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	b.ResetTimer()
	for {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}
