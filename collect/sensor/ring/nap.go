//go:build linux

package ring

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Nap waits between two looks into a ring for so long, or a little less,
// whatever comes. The goroutine keeps its processor of the Go runtime
// meanwhile: to give it up and get it back takes several threads, as many times
// a second as it naps, and that costs more than what there is to do in between.
// The runtime can still take it out of the nap, as it does to collect garbage.
func Nap(long time.Duration) {
	ts := unix.NsecToTimespec(long.Nanoseconds())
	_, _, _ = unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0) // it ends early at a signal
}
