package spool

import (
	"bytes"
	"testing"
	"time"
)

// BenchmarkPass is what a batch costs that is kept and sent at once.
func BenchmarkPass(b *testing.B) {
	s, _, err := Open(Options{Dir: b.TempDir(), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	in := Input{Lane: Events, Payload: bytes.Repeat([]byte("x"), 40<<10)}
	b.SetBytes(40 << 10)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Put(in); err != nil {
			b.Fatal(err)
		}
		batch, err := s.Next(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		s.Done(batch)
	}
}
