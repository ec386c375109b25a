//go:build linux

package ring

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What stands before each record, from the kernel's user interface (uapi/linux/bpf.h): its length, in which two bits say
// that it is not written yet, or that it is none; records begin at multiples of eight bytes.
const (
	headerBytes = 8
	busyBit     = 1 << 31
	discardBit  = 1 << 30
)

// ErrBroken says that the ring does not hold what the kernel writes: nothing can be read from it any more.
var ErrBroken = errors.New("the ring's records are broken")

// Ring is a ring buffer that is read by one goroutine; Available may be called by all.
type Ring struct {
	consumer, producer *atomic.Uint64 // positions, which only grow
	data               []byte         // a power of two
	at                 uint64         // up to where it has been read
	record             []byte
	mapped             [][]byte
}

// Open maps the ring buffer that a descriptor stands for, which has room for so many bytes. Close it. The descriptor
// may be closed before.
func Open(fd, bytes int) (*Ring, error) {
	page := os.Getpagesize()
	if bytes < page || bytes&(bytes-1) != 0 {
		return nil, fmt.Errorf("map the ring: %d bytes are no power of two of a page at least", bytes)
	}
	consumer, err := unix.Mmap(fd, 0, page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map the ring: %w", err)
	}
	producer, err := unix.Mmap(fd, int64(page), page+bytes, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("map the ring: %w", err), unix.Munmap(consumer))
	}
	r := &Ring{consumer: position(consumer), producer: position(producer), data: producer[page:], record: make([]byte, 0, page), mapped: [][]byte{consumer, producer}}
	r.at = r.consumer.Load()
	return r, nil
}

// position is the number at the beginning of a page, which the kernel reads or writes meanwhile.
func position(page []byte) *atomic.Uint64 { return (*atomic.Uint64)(unsafe.Pointer(&page[0])) }

// Close unmaps the ring. It must not be used any more.
func (r *Ring) Close() error {
	var errs []error
	for _, m := range r.mapped {
		errs = append(errs, unix.Munmap(m))
	}
	r.mapped = nil
	return errors.Join(errs...)
}

// Available returns how many bytes are there that were not read, those of records that are being written included.
func (r *Ring) Available() uint64 { return r.producer.Load() - r.consumer.Load() }

// Next returns a copy of the next record, which is valid until it is called again, nil where there is none now. What it
// returned before gives its room back to the kernel at the latest when there is none.
func (r *Ring) Next() ([]byte, error) {
	for {
		there := r.producer.Load() - r.at
		if there == 0 {
			r.release()
			return nil, nil
		}
		length, busy, discarded := r.header()
		if busy {
			r.release()
			return nil, nil
		}
		whole := headerBytes + (length+7)&^7
		if whole > there || there > uint64(len(r.data)) {
			return nil, fmt.Errorf("%w: %d bytes of %d that are there", ErrBroken, whole, there)
		}
		if !discarded {
			r.copy(r.at+headerBytes, length)
		}
		r.at += whole
		if r.at-r.consumer.Load() > uint64(len(r.data)/releaseShare) {
			r.release()
		}
		if !discarded {
			return r.record, nil
		}
	}
}

// releaseShare is the part of the ring that is given back at once: to do so for each record takes the line of memory from
// the processor that writes.
const releaseShare = 16

func (r *Ring) release() { r.consumer.Store(r.at) }

// header reads what stands before the next record. The kernel writes it after the record, in one go.
func (r *Ring) header() (length uint64, busy, discarded bool) {
	h := atomic.LoadUint32((*uint32)(unsafe.Pointer(&r.data[r.at&r.mask()])))
	return uint64(h &^ (busyBit | discardBit)), h&busyBit != 0, h&discardBit != 0
}

// copy copies so many bytes from a position, from which they may go on at the beginning.
func (r *Ring) copy(at, length uint64) {
	start := at & r.mask()
	first := min(length, uint64(len(r.data))-start)
	r.record = append(r.record[:0], r.data[start:start+first]...)
	r.record = append(r.record, r.data[:length-first]...)
}

func (r *Ring) mask() uint64 { return uint64(len(r.data)) - 1 }
