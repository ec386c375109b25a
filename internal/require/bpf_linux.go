package require

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// tracepoint is what tryBPF attaches to: the start of a program, which every kernel has.
const tracepoint = "sched_process_exec"

// returnZero is the program "r0 = 0; exit" (linux/bpf.h, struct bpf_insn; the fields that differ by byte order are 0).
var returnZero = [16]byte{
	0: unix.BPF_ALU64 | unix.BPF_MOV | unix.BPF_K,
	8: unix.BPF_JMP | unix.BPF_EXIT,
}

// progLoad is the beginning of union bpf_attr for BPF_PROG_LOAD; the kernel takes what follows as 0.
type progLoad struct {
	kind    uint32
	count   uint32 // of instructions
	program uint64 // address
	licence uint64 // address
	logging [4]uint64
}

// tracepointOpen is union bpf_attr for BPF_RAW_TRACEPOINT_OPEN.
type tracepointOpen struct {
	name    uint64 // address
	program uint32 // file descriptor
	_       uint32
}

// tryBPF loads a program that does nothing, attaches it to a tracepoint, and takes both away again.
func tryBPF() error {
	var pinner runtime.Pinner // the kernel reads what attributes point to
	defer pinner.Unpin()
	address := func(data []byte) uint64 {
		pinner.Pin(&data[0])
		return uint64(uintptr(unsafe.Pointer(&data[0])))
	}
	program := returnZero
	load := progLoad{
		kind: unix.BPF_PROG_TYPE_RAW_TRACEPOINT, count: 2, program: address(program[:]), licence: address([]byte("GPL\x00")),
	}
	loaded, err := bpf(unix.BPF_PROG_LOAD, unsafe.Pointer(&load), unsafe.Sizeof(load))
	if err != nil {
		return fmt.Errorf("load a program: %w", err)
	}
	defer unix.Close(loaded)
	open := tracepointOpen{name: address([]byte(tracepoint + "\x00")), program: uint32(loaded)}
	attached, err := bpf(unix.BPF_RAW_TRACEPOINT_OPEN, unsafe.Pointer(&open), unsafe.Sizeof(open))
	if err != nil {
		return fmt.Errorf("attach to %s: %w", tracepoint, err)
	}
	return unix.Close(attached)
}

// bpf is the system call bpf(2) for commands that return a file descriptor. The verifier gives up with EAGAIN when a
// signal comes, which Go's scheduler sends: it is asked again, as often as github.com/cilium/ebpf does.
func bpf(command int, attributes unsafe.Pointer, size uintptr) (int, error) {
	var errno unix.Errno
	for range 30 {
		var fd uintptr
		if fd, _, errno = unix.Syscall(unix.SYS_BPF, uintptr(command), uintptr(attributes), size); errno == 0 {
			return int(fd), nil
		} else if errno != unix.EAGAIN {
			break
		}
	}
	return 0, errno
}
