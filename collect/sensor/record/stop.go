package record

import (
	"encoding/binary"
	"net/netip"
)

// StopWhat says what was judged.
type StopWhat uint32

// What was judged, as in records.h.
const (
	StopExec    StopWhat = iota + 1 // a program was about to run its first instruction
	StopMarked                      // a process of a container that is to end did something
	StopConnect                     // a socket was about to be connected, or to send to an address
)

// Stop is something that policies matched.
type Stop struct {
	Actor Actor
	What  StopWhat
	// Container is the cgroup by which the policies apply.
	Container uint64
	// Matched has a bit for each policy that matched, Enforced for those that did something.
	Matched, Enforced uint64
	// Result is 0, or the number of the error, below 0, for which the process was not killed.
	Result int32
	// Unmarked says that the container could not be marked to end.
	Unmarked bool
	// Peer and Protocol are, of StopConnect, where to. IPv4 is not mapped.
	Peer     netip.AddrPort
	Protocol uint16
}

const stopSize = 96

func (s *Stop) decode(b []byte) error {
	if len(b) < stopSize {
		return short("stop", b)
	}
	le := binary.LittleEndian
	s.Actor.decode(b[16:])
	s.Container, s.Matched, s.Enforced = le.Uint64(b[40:]), le.Uint64(b[48:]), le.Uint64(b[56:])
	s.What, s.Result = StopWhat(le.Uint32(b[64:])), int32(le.Uint32(b[68:]))
	s.Unmarked = le.Uint32(b[72:]) != 0
	address := netip.AddrFrom16([16]byte(b[80:96])).Unmap()
	s.Peer, s.Protocol = netip.AddrPortFrom(address, le.Uint16(b[76:])), le.Uint16(b[78:])
	return nil
}
