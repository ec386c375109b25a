//go:build linux

package sensor

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// testRing opens a file by io_uring, with a descriptor and into the ring's own table.
func testRing(t *testing.T, rec *recorder, name string) {
	for _, slot := range []string{"0", "1"} {
		cmd := helper("ring", name, slot)
		out, err := cmd.CombinedOutput()
		require.Need(t, "bpf", err == nil, "io_uring: "+string(out))
		e := rec.await(t, 1, "open by io_uring", func(e *event.Event) bool {
			pid, _ := event.ActorProcessPID.Get(e)
			return pid == int64(cmd.Process.Pid) && event.SyscallInterface.Get(e) == "io_uring"
		})[0]
		checkText(t, e, map[event.StringField]string{event.FilePath: name, event.SyscallName: "openat", event.Activity: activityOpen})
		fd, _ := event.FileDescriptor.Get(e)
		if given, claimed := fd >= 0, event.FilePathClaimed.Get(e); given == claimed || claimed != (slot == "1") || !event.FileOpenRead.Get(e) {
			t.Errorf("slot %s: descriptor %d, path claimed: %v", slot, fd, claimed)
		}
	}
}

// Offsets in the structures that io_uring shares (uapi/linux/io_uring.h).
const (
	ringParams  = 120 // size of struct io_uring_params; the offsets of both queues begin at 40 and 80
	ringEntry   = 64  // size of struct io_uring_sqe
	ringMapSQEs = 0x10000000
	ringEvents  = 1 // IORING_ENTER_GETEVENTS
	ringFiles   = 2 // IORING_REGISTER_FILES
)

// helpRing opens its first argument by io_uring, into the place of the ring's table that the second says, if not 0.
func helpRing(args []string) error {
	var params [ringParams]byte
	fd, _, errno := unix.RawSyscall(unix.SYS_IO_URING_SETUP, 4, uintptr(unsafe.Pointer(&params[0])), 0)
	if errno != 0 {
		return fmt.Errorf("set up: %w", errno)
	}
	le := binary.LittleEndian
	none := []int32{-1, -1}
	if _, _, errno = unix.RawSyscall6(unix.SYS_IO_URING_REGISTER, fd, ringFiles, uintptr(unsafe.Pointer(&none[0])), 2, 0, 0); errno != 0 {
		return fmt.Errorf("register: %w", errno)
	}
	array := le.Uint32(params[40+24:])
	queue, err := unix.Mmap(int(fd), 0, int(array)+16, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return fmt.Errorf("map the queue: %w", err)
	}
	entries, err := unix.Mmap(int(fd), ringMapSQEs, 4*ringEntry, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return fmt.Errorf("map the entries: %w", err)
	}
	name := append([]byte(args[0]), 0)
	entries[0] = 18 // IORING_OP_OPENAT
	le.PutUint32(entries[4:], 1<<32-100)
	le.PutUint64(entries[16:], uint64(uintptr(unsafe.Pointer(&name[0]))))
	if args[1] != "0" {
		le.PutUint32(entries[44:], 1) // file_index: the first place
	}
	tail := le.Uint32(params[40+4:])
	le.PutUint32(queue[array:], 0)
	le.PutUint32(queue[tail:], 1)
	_, _, errno = unix.RawSyscall6(unix.SYS_IO_URING_ENTER, fd, 1, 1, ringEvents, 0, 0)
	runtime.KeepAlive(name)
	if errno != 0 {
		return fmt.Errorf("enter: %w", errno)
	}
	return nil
}
