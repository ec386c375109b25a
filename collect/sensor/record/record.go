// Package record reads what the sensor's programs in the kernel send: records of a fixed layout (bpf/src/records.h)
// with bytes after them. It believes nothing: a record that is too short, or whose lengths do not fit it, is an error.
package record

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Kind says what a record is about.
type Kind uint32

// The kinds, as in records.h.
const (
	KindFork   Kind = iota + 1 // a process was made
	KindExec                   // a process runs another program
	KindExit                   // the last thread of a process has ended
	KindTask                   // a process was found running
	KindCgroup                 // the names of a cgroup that later records speak of
)

// KindCall is a system call that has returned.
const KindCall Kind = 10

// KindStop is something that policies matched. The kinds from 30 to 39 are of what is stopped.
const KindStop Kind = 30

// ErrMalformed is wrapped by every error of this package.
var ErrMalformed = errors.New("malformed record of the kernel")

// Key is what tells a process from all others of one boot: its number in the root PID namespace, and when its leader
// was started, in nanoseconds since the boot.
type Key struct {
	TGID  uint32
	Start uint64
}

// Record is one record, decoded. Kind says which of the parts is filled in; the others keep what they had. The byte
// slices in it alias the memory that was decoded.
type Record struct {
	Kind    Kind
	Time    uint64 // nanoseconds since the boot, suspension included
	Fork    Fork
	Program Program // of KindExec and KindTask
	Exit    Exit
	Cgroup  Cgroup
	Call    Call
	Stop    Stop
	// Connection is of KindConnection.
	Connection Connection
	// DNS is of KindDNS.
	DNS DNS
	// Socket is of KindSocket, Unix of KindUnix.
	Socket Socket
	Unix   Unix
}

// Fork is a new process.
type Fork struct {
	Parent, Child Key
	// ExecBase is the child's count of execs, inherited, before any of its own.
	ExecBase uint64
	Cgroup   uint64
}

// Exit is the end of a process.
type Exit struct {
	Process Key
	Status  uint32 // as wait(2) gives it
	ExecID  uint64
	Cgroup  uint64
	Comm    []byte
}

// Cgroup is where a cgroup lies in its hierarchy.
type Cgroup struct {
	ID    uint64
	Names Names
	// Cut says that the names do not reach the root.
	Cut bool
}

// headSize is the size of struct head.
const headSize = 16

// Sizes of the fixed parts.
const (
	forkSize    = 56
	programSize = 208
	exitSize    = 64
	cgroupSize  = 32
)

// Size returns how many bytes the record at the beginning of b takes, as it says itself. It is at least that of the
// head, so that a reader of many records gets on.
func Size(b []byte) (int, error) {
	if len(b) < headSize {
		return 0, fmt.Errorf("%w: %d bytes, less than a head", ErrMalformed, len(b))
	}
	n := binary.LittleEndian.Uint32(b[4:])
	if n < headSize || uint64(n) > uint64(len(b)) {
		return 0, fmt.Errorf("%w: says it has %d bytes, there are %d", ErrMalformed, n, len(b))
	}
	return int(n), nil
}

// Decode reads the record at the beginning of b into r.
func (r *Record) Decode(b []byte) error {
	n, err := Size(b)
	if err != nil {
		return err
	}
	b = b[:n]
	r.Kind, r.Time = Kind(binary.LittleEndian.Uint32(b)), binary.LittleEndian.Uint64(b[8:])
	switch r.Kind {
	case KindFork:
		return r.Fork.decode(b)
	case KindExec, KindTask:
		return r.Program.decode(b)
	case KindExit:
		return r.Exit.decode(b)
	case KindCgroup:
		return r.Cgroup.decode(b)
	case KindCall:
		return r.Call.decode(b)
	case KindStop:
		return r.Stop.decode(b)
	case KindConnection:
		return r.Connection.decode(b)
	case KindDNS:
		return r.DNS.decode(b)
	case KindSocket:
		return r.Socket.decode(b)
	case KindUnix:
		return r.Unix.decode(b)
	}
	return fmt.Errorf("%w: unknown kind %d", ErrMalformed, r.Kind)
}

func (f *Fork) decode(b []byte) error {
	if len(b) < forkSize {
		return short("fork", b)
	}
	le := binary.LittleEndian
	f.Parent = Key{le.Uint32(b[16:]), le.Uint64(b[24:])}
	f.Child = Key{le.Uint32(b[20:]), le.Uint64(b[32:])}
	f.ExecBase, f.Cgroup = le.Uint64(b[40:]), le.Uint64(b[48:])
	return nil
}

func (x *Exit) decode(b []byte) error {
	if len(b) < exitSize {
		return short("exit", b)
	}
	le := binary.LittleEndian
	x.Process = Key{le.Uint32(b[16:]), le.Uint64(b[24:])}
	x.Status = le.Uint32(b[20:])
	x.ExecID, x.Cgroup = le.Uint64(b[32:]), le.Uint64(b[40:])
	x.Comm = text(b[48:64])
	return nil
}

func (c *Cgroup) decode(b []byte) error {
	if len(b) < cgroupSize {
		return short("cgroup", b)
	}
	le := binary.LittleEndian
	c.ID, c.Cut = le.Uint64(b[16:]), le.Uint32(b[28:]) != 0
	n := le.Uint32(b[24:])
	if uint64(n) > uint64(len(b)-cgroupSize) {
		return fmt.Errorf("%w: cgroup has %d bytes of names, the record %d", ErrMalformed, n, len(b)-cgroupSize)
	}
	c.Names = Names(b[cgroupSize : cgroupSize+n])
	return nil
}

func short(what string, b []byte) error {
	return fmt.Errorf("%w: %s has %d bytes only", ErrMalformed, what, len(b))
}

// text returns what stands before the first NUL.
func text(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}
