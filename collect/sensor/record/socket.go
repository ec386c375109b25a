package record

import (
	"encoding/binary"
	"fmt"
)

// The kinds of records about sockets that are not of TCP or UDP, as in network_records.h.
const (
	KindSocket Kind = 22 // somebody made a socket for packets below TCP and UDP, or has one
	KindUnix   Kind = 23 // a task has connected to a listening unix socket
)

// Socket is a socket for packets below TCP and UDP.
type Socket struct {
	Actor Actor
	// Family, Type and Protocol are what socket(2) is called with; Family is 0 when the call does not tell.
	Family, Type, Protocol uint32
	Namespace              uint32 // inode number of the network namespace, 0 when it is not known
	Found                  bool   // it was there before anybody looked
}

// Unix is a connection to a unix socket.
type Unix struct {
	Actor Actor
	Type  uint32 // as socket(2) is called with
	// Flags are those of an executable's path, for the file of the socket that listens.
	Flags Flags
	// Abstract says that the socket has a name, but no file.
	Abstract bool
	name     []byte
}

// Sizes of struct socket_record and the fixed part of struct unix_record.
const (
	socketSize = 64
	unixSize   = 56
)

// unixAbstract is UNIX_ABSTRACT of network_records.h.
const unixAbstract = 1 << 31

func (s *Socket) decode(b []byte) error {
	if len(b) < socketSize {
		return short("socket", b)
	}
	le := binary.LittleEndian
	s.Actor.decode(b[16:])
	s.Family, s.Type, s.Protocol, s.Namespace = le.Uint32(b[40:]), le.Uint32(b[44:]), le.Uint32(b[48:]), le.Uint32(b[52:])
	s.Found = le.Uint32(b[56:]) != 0
	return nil
}

func (u *Unix) decode(b []byte) error {
	if len(b) < unixSize {
		return short("unix", b)
	}
	le := binary.LittleEndian
	u.Actor.decode(b[16:])
	flags := le.Uint32(b[44:])
	u.Type, u.Flags, u.Abstract = le.Uint32(b[40:]), Flags(flags&^unixAbstract), flags&unixAbstract != 0
	n := le.Uint32(b[48:])
	if uint64(n) > uint64(len(b)-unixSize) {
		return fmt.Errorf("%w: a name of %d bytes, the record has %d", ErrMalformed, n, len(b)-unixSize)
	}
	u.name = b[unixSize : unixSize+n]
	return nil
}

// AppendName appends the path of the socket's file, as that of a program, or, after an @, the name of one that has no
// file.
func (u *Unix) AppendName(dst []byte) []byte {
	if u.Abstract {
		return append(append(dst, '@'), u.name...)
	}
	return Names(u.name).appendPath(dst, u.Flags)
}
