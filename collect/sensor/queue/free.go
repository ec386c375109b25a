package queue

import "math/bits"

const (
	// minBuffer is the size of the smallest buffer. Sizes are powers of two and those halfway between.
	minBuffer = 256
	// maxKept is the size beyond which buffers are not kept, and keptBytes how much of them is kept.
	maxKept   = 8 << 10
	keptBytes = 512 << 10
)

// bufferSize returns the size of the buffer that holds n bytes.
func bufferSize(n int) int {
	if n <= minBuffer {
		return minBuffer
	}
	size := 1 << bits.Len(uint(n-1))
	if between := size / 4 * 3; n <= between {
		return between
	}
	return size
}

// freeList keeps buffers for the events that come next.
type freeList struct {
	bySize map[int][][]byte
	held   int
}

// get returns an empty buffer with room for n bytes.
func (f *freeList) get(n int) []byte {
	size := bufferSize(n)
	if list := f.bySize[size]; len(list) > 0 {
		b := list[len(list)-1]
		list[len(list)-1] = nil
		f.bySize[size] = list[:len(list)-1]
		f.held -= size
		return b
	}
	return make([]byte, 0, size)
}

// put takes a buffer back.
func (f *freeList) put(b []byte) {
	size := cap(b)
	if size > maxKept || f.held+size > keptBytes {
		return
	}
	if f.bySize == nil {
		f.bySize = map[int][][]byte{}
	}
	f.bySize[size] = append(f.bySize[size], b[:0])
	f.held += size
}
