package dns

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"
)

// maxUDP is the largest answer sent by UDP, in bytes, without EDNS (RFC 1035, 4.2.1). A larger one is cut and marked,
// so that the client asks again by TCP.
const maxUDP = 512

// truncated is the TC bit in the third byte of a header (RFC 1035, 4.1.1).
const truncated = 0x02

// tcpIdle is how long a TCP connection may be silent.
const tcpIdle = 10 * time.Second

// Serve answers queries at addr ("10.0.0.10:53"), by UDP and TCP, until the context ends. It returns as soon as both
// sockets are open.
func Serve(ctx context.Context, addr string, lookup func(name string) ([]netip.Addr, bool)) error {
	packets, err := net.ListenPacket("udp", addr)
	if err != nil {
		return fmt.Errorf("dns: %w", err)
	}
	streams, err := net.Listen("tcp", addr)
	if err != nil {
		return errors.Join(fmt.Errorf("dns: %w", err), packets.Close())
	}
	context.AfterFunc(ctx, func() { _, _ = packets.Close(), streams.Close() })
	go serveUDP(packets, lookup)
	go serveTCP(streams, lookup)
	return nil
}

func serveUDP(conn net.PacketConn, lookup func(string) ([]netip.Addr, bool)) {
	buf := make([]byte, 64<<10)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		reply, err := Answer(buf[:n], lookup)
		if err != nil {
			continue
		}
		if len(reply) > maxUDP {
			if reply, err = Answer(buf[:n], func(string) ([]netip.Addr, bool) { return nil, true }); err != nil {
				continue
			}
			reply[2] |= truncated
		}
		_, _ = conn.WriteTo(reply, from)
	}
}

func serveTCP(l net.Listener, lookup func(string) ([]netip.Addr, bool)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			for exchange(conn, lookup) == nil {
			}
		}()
	}
}

// exchange reads one query and writes its answer, each after its length in two bytes (RFC 1035, 4.2.2).
func exchange(conn net.Conn, lookup func(string) ([]netip.Addr, bool)) error {
	if err := conn.SetDeadline(time.Now().Add(tcpIdle)); err != nil {
		return err
	}
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return err
	}
	query := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, query); err != nil {
		return err
	}
	reply, err := Answer(query, lookup)
	if err != nil {
		return err
	}
	_, err = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
	return err
}
