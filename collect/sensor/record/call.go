package record

import (
	"encoding/binary"
	"fmt"
)

// CallFlags say what is special about a Call. The lowest eight bits are Flags of its places.
type CallFlags uint32

// The flags, as in records.h.
const (
	CallCompat     CallFlags = 1 << (iota + 8) // by a program of 32 bits: number and arguments are those of that machine
	CallRing                                   // done by io_uring; the number is that of the operation
	CallFile                                   // there is a file
	CallUnreadable                             // a text or the data could not be read
)

// callSize is the size of the fixed part.
const callSize = 184

// Call is a system call that has returned.
type Call struct {
	Actor     Actor
	Result    int64 // less than 0 is the number of an error
	Arguments [6]uint64
	Number    uint32
	Flags     CallFlags
	// FileFlags and FileMode are f_flags and f_mode of the file that the call was about, if there is CallFile; InodeMode
	// is what stat(2) calls its mode.
	FileFlags, FileMode, InodeMode uint32
	Device                         uint32 // as the kernel writes it: 20 bits of minor number
	Inode                          uint64
	// Caps, EUID, UID and EGID are the caller's, after the call.
	Caps            uint64
	EUID, UID, EGID uint32
	Family          uint32 // of a socket
	// Places are the file, or the directories from which the call's paths begin; those that were not asked for are empty,
	// as is a root.
	Places [2]Names
	// Texts are what arguments point to, Data a structure. They were read when the call returned: the caller can have
	// changed them since the kernel did.
	Texts [3][]byte
	Data  []byte
}

// FileMode bits, from the kernel's fs.h.
const (
	ModeRead    = 1 << 0
	ModeWrite   = 1 << 1
	ModeCreated = 1 << 20 // the open made the file
)

func (c *Call) decode(b []byte) error {
	if len(b) < callSize {
		return short("call", b)
	}
	le := binary.LittleEndian
	c.Actor.decode(b[headSize:])
	c.Result = int64(le.Uint64(b[headSize+actorSize:]))
	for i := range c.Arguments {
		c.Arguments[i] = le.Uint64(b[48+8*i:])
	}
	c.Number, c.Flags = le.Uint32(b[96:]), CallFlags(le.Uint32(b[100:]))
	c.FileFlags, c.FileMode, c.InodeMode = le.Uint32(b[104:]), le.Uint32(b[108:]), le.Uint32(b[112:])
	c.Device, c.Inode, c.Caps = le.Uint32(b[116:]), le.Uint64(b[120:]), le.Uint64(b[128:])
	c.EUID, c.UID, c.EGID, c.Family = le.Uint32(b[136:]), le.Uint32(b[140:]), le.Uint32(b[144:]), le.Uint32(b[148:])
	rest := b[callSize:]
	var err error
	for i := range c.Places {
		var names []byte
		if names, rest, err = cut(rest, le.Uint32(b[152+4*i:])); err != nil {
			return err
		}
		c.Places[i] = names
	}
	for i := range c.Texts {
		var found []byte
		if found, rest, err = cut(rest, le.Uint32(b[160+4*i:])); err != nil {
			return err
		}
		c.Texts[i] = text(found)
	}
	c.Data, _, err = cut(rest, le.Uint32(b[172:]))
	return err
}

// cut takes n bytes off the front.
func cut(b []byte, n uint32) (front, rest []byte, err error) {
	if uint64(n) > uint64(len(b)) {
		return nil, nil, fmt.Errorf("%w: call has a part of %d bytes, %d are left", ErrMalformed, n, len(b))
	}
	return b[:n], b[n:], nil
}

// AppendPlace appends the path of one of the places, in the form of Program.AppendExe.
func (c *Call) AppendPlace(dst []byte, i int) []byte {
	return c.Places[i].appendPath(dst, Flags(c.Flags>>(i*cwdShift))&0xf)
}

// AppendWithin appends the path of the file within its file system, which is told where that may be another than by which
// it was opened. It appends nothing where it is not told.
func (c *Call) AppendWithin(dst []byte) []byte {
	if c.Flags&CallFile == 0 || len(c.Places[1]) == 0 {
		return dst
	}
	return c.AppendPlace(dst, 1)
}

// Unlinked reports whether the name of the file has been removed.
func (c *Call) Unlinked() bool { return Flags(c.Flags)&(ExeUnlinked|ExeNameless) != 0 }
