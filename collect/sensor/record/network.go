package record

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// The kinds of records about the network, as in network_records.h.
const (
	KindConnection Kind = 20 // something happened to a connection, or to a socket that waits for some
	KindDNS        Kind = 21 // a packet to or from a server of the domain name system
)

// ConnectionAct says what happened.
type ConnectionAct uint32

// The acts, as enum connection_act.
const (
	ActConnect ConnectionAct = iota + 1 // a task's attempt to connect has succeeded, or failed
	ActAccept                           // a connection that another side opened was accepted
	ActListen                           // the socket waits for connections
	ActClose                            // the connection has ended
	ActSend                             // a conversation without a connection begins with what this side sends
	ActReceive                          // the same with what the other side sends
	ActIdle                             // such a conversation rests: it is over, or another begins
	ActPending                          // an attempt to connect takes long
	ActFound                            // it was there before anybody looked
)

// ConnectionFlags say more about a connection.
type ConnectionFlags uint32

// The flags, as enum connection_flags.
const (
	ConnectionListens   ConnectionFlags = 1 << iota
	ConnectionOpened                    // this side opened it
	ConnectionUp                        // it has been established
	ConnectionTold                      // that it was opened or accepted has been told
	ConnectionConnected                 // of a conversation: its socket has this peer only
	ConnectionStdin                     // its socket was descriptor 0 of who opened it
	ConnectionStdout                    // descriptor 1
	ConnectionStderr                    // descriptor 2
)

// Ends are the two ends of a connection as its socket sees them. Addresses of IPv4 are such, also where the socket is
// one of IPv6.
type Ends struct {
	Local, Remote netip.AddrPort
	Protocol      uint8  // as in the IP header
	Namespace     uint32 // inode number of the network namespace
}

// Connection is what happened to a connection.
type Connection struct {
	Actor Actor // Process is zero when nobody is known
	Ends  Ends
	Act   ConnectionAct
	// Sock tells the socket from all others of its time, with Began from those of all times. It is an address of the
	// kernel's memory: it must not leave the sensor.
	Sock, Began uint64
	// What has been received and sent until now, without headers.
	BytesIn, BytesOut, PacketsIn, PacketsOut uint64
	// Error is why it failed or ended, as in errno(3); 0 for nothing.
	Error uint32
	Flags ConnectionFlags
}

// DNSFlags say more about a packet.
type DNSFlags uint32

// The flags, as enum dns_flags.
const (
	DNSOut DNSFlags = 1 << iota // sent by the socket, not received
	DNSCut                      // its end is missing
)

// DNS is a packet between a socket and port 53 of somebody else.
type DNS struct {
	Actor Actor // Process is zero when nobody is known
	Ends  Ends
	Flags DNSFlags
	Sock  uint64 // tells the socket from all others of the boot
	// Number is that of the first byte in its stream, over TCP.
	Number uint32
	Data   []byte // what the packet carries
}

// Sizes of struct ends, struct connection_record and the fixed part of struct dns_record.
const (
	endsSize       = 44
	connectionSize = 144
	dnsSize        = 104
)

// decode reads struct ends at the beginning of b, which is long enough.
func (e *Ends) decode(b []byte) {
	le := binary.LittleEndian
	e.Local = netip.AddrPortFrom(address(b), le.Uint16(b[32:]))
	e.Remote = netip.AddrPortFrom(address(b[16:]), le.Uint16(b[34:]))
	e.Protocol, e.Namespace = b[36], le.Uint32(b[40:])
}

// address reads the 16 bytes of an address.
func address(b []byte) netip.Addr { return netip.AddrFrom16([16]byte(b)).Unmap() }

func (c *Connection) decode(b []byte) error {
	if len(b) < connectionSize {
		return short("connection", b)
	}
	le := binary.LittleEndian
	c.Actor.decode(b[16:])
	c.Ends.decode(b[headSize+actorSize:])
	c.Act = ConnectionAct(le.Uint32(b[84:]))
	c.Sock, c.Began = le.Uint64(b[88:]), le.Uint64(b[96:])
	c.BytesIn, c.BytesOut = le.Uint64(b[104:]), le.Uint64(b[112:])
	c.PacketsIn, c.PacketsOut = le.Uint64(b[120:]), le.Uint64(b[128:])
	c.Error, c.Flags = le.Uint32(b[136:]), ConnectionFlags(le.Uint32(b[140:]))
	return nil
}

func (d *DNS) decode(b []byte) error {
	if len(b) < dnsSize {
		return short("dns", b)
	}
	le := binary.LittleEndian
	d.Actor.decode(b[16:])
	d.Ends.decode(b[headSize+actorSize:])
	d.Flags, d.Sock, d.Number = DNSFlags(le.Uint32(b[84:])), le.Uint64(b[88:]), le.Uint32(b[96:])
	n := le.Uint32(b[100:])
	if uint64(n) > uint64(len(b)-dnsSize) {
		return fmt.Errorf("%w: a packet of %d bytes, the record has %d", ErrMalformed, n, len(b)-dnsSize)
	}
	d.Data = b[dnsSize : dnsSize+n]
	return nil
}
