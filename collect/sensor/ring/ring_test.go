//go:build linux

package ring

import (
	"encoding/binary"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
)

// fake is a ring in memory with its writer.
type fake struct {
	Ring
	t                  testing.TB
	consumed, produced atomic.Uint64
}

func newFake(t testing.TB, bytes int) *fake {
	f := &fake{t: t}
	f.Ring = Ring{consumer: &f.consumed, producer: &f.produced, data: make([]byte, bytes), record: []byte{}}
	return f
}

// write writes a record as the kernel does, and reports whether there was room.
func (f *fake) write(record string, bits uint32) bool {
	whole := headerBytes + (uint64(len(record))+7)&^7
	if f.Available()+whole > uint64(len(f.data)) {
		return false
	}
	at := f.produced.Load()
	binary.LittleEndian.PutUint32(f.data[at&f.mask():], uint32(len(record))|bits)
	for i := range uint64(len(record)) {
		f.data[(at+headerBytes+i)&f.mask()] = record[i]
	}
	f.produced.Store(at + whole)
	return true
}

func (f *fake) want(records ...string) {
	f.t.Helper()
	for _, want := range records {
		if got, err := f.Next(); string(got) != want || got == nil || err != nil {
			f.t.Fatalf("read %q, %v, want %q", got, err, want)
		}
	}
}

func (f *fake) wantNone() {
	f.t.Helper()
	if got, err := f.Next(); got != nil || err != nil {
		f.t.Fatalf("read %q, %v, want nothing", got, err)
	}
}

func TestNext(t *testing.T) {
	f := newFake(t, 128)
	f.wantNone()
	for round := range 100 { // it goes round many times, and every record is split somewhere
		text := string(slices.Repeat([]byte{byte('a' + round%26)}, 1+round%40))
		f.write(text, 0)
		f.write("gone", discardBit)
		f.write("b", 0)
		f.want(text, "b")
		f.wantNone()
		if f.Available() != 0 {
			t.Fatalf("%d bytes are not given back", f.Available())
		}
	}
}

func TestNextBusy(t *testing.T) {
	f := newFake(t, 128)
	f.write("one", 0)
	at := f.produced.Load()
	f.write("two", busyBit)
	f.write("three", 0)
	f.want("one")
	f.wantNone()
	f.wantNone()
	binary.LittleEndian.PutUint32(f.data[at&f.mask():], 3)
	f.want("two", "three")
	f.wantNone()
}

// A full ring is given back while it is read, not only at its end.
func TestNextFull(t *testing.T) {
	f := newFake(t, 4096)
	for f.write("0123456789", 0) {
	}
	for range 4096/24/releaseShare + 2 {
		f.want("0123456789")
	}
	if !f.write("more", 0) {
		t.Error("nothing was given back")
	}
}

// Whatever stands in memory, reading ends, and reads nothing from outside.
func FuzzNext(f *testing.F) {
	f.Add([]byte{3, 0, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c'}, uint64(0), uint64(16))
	f.Add([]byte{0xff, 0xff, 0xff, 0x3f}, uint64(120), uint64(1<<40))
	f.Fuzz(func(t *testing.T, data []byte, at, ahead uint64) {
		r := newFake(t, 128)
		copy(r.data, data)
		r.at = at &^ 7
		r.consumed.Store(r.at)
		r.produced.Store(r.at + ahead&^7)
		for range 128/headerBytes + 1 {
			got, err := r.Next()
			if err != nil && !errors.Is(err, ErrBroken) {
				t.Fatal(err)
			}
			if err != nil || got == nil {
				return
			}
			if len(got) > 128 {
				t.Fatalf("a record of %d bytes", len(got))
			}
		}
		t.Fatal("it never ends")
	})
}

func TestOpenRefuses(t *testing.T) {
	for _, bytes := range []int{0, 1, 4095, 12288} {
		if _, err := Open(0, bytes); err == nil {
			t.Errorf("%d bytes are taken", bytes)
		}
	}
}
