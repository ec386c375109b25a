package record

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"
)

// acted returns a record of an act with room for the rest of its fixed part and what follows it.
func acted(kind Kind, size int, tail string) []byte {
	b := append(head(kind, size), tail...)
	le := binary.LittleEndian
	le.PutUint32(b[4:], uint32(len(b)))
	le.PutUint32(b[16:], 100)
	le.PutUint64(b[24:], 5000)
	le.PutUint64(b[32:], 1234)
	return b
}

func TestDecodeConnection(t *testing.T) {
	le := binary.LittleEndian
	b := acted(KindConnection, connectionSize, "")
	copy(b[40:], netip.MustParseAddr("::ffff:192.0.2.1").AsSlice())
	copy(b[56:], netip.MustParseAddr("2001:db8::1").AsSlice())
	le.PutUint16(b[72:], 40000)
	le.PutUint16(b[74:], 443)
	b[76] = 6
	le.PutUint32(b[84:], uint32(ActClose))
	le.PutUint64(b[104:], 7)
	le.PutUint32(b[136:], 104)
	var r Record
	if err := r.Decode(b); err != nil {
		t.Fatal(err)
	}
	c := &r.Connection
	want := Ends{Local: netip.MustParseAddrPort("192.0.2.1:40000"), Remote: netip.MustParseAddrPort("[2001:db8::1]:443"), Protocol: 6}
	if c.Actor.Process != (Key{100, 5000}) || c.Actor.Cgroup != 1234 || c.Ends != want || c.Act != ActClose || c.BytesIn != 7 || c.Error != 104 {
		t.Errorf("%+v", c)
	}
}

func TestDecodeSockets(t *testing.T) {
	le := binary.LittleEndian
	var r Record
	dns := acted(KindDNS, dnsSize, "question and room")
	le.PutUint32(dns[100:], 8)
	if err := r.Decode(dns); err != nil || string(r.DNS.Data) != "question" {
		t.Errorf("%q, %v", r.DNS.Data, err)
	}
	for _, tt := range []struct {
		flags uint32
		name  string
		want  string
	}{{0, "x.sock\x00run\x00", "/run/x.sock"}, {unixAbstract, "a\x00b", "@a\x00b"}, {uint32(ExeCut), "x\x00", ".../x"}} {
		u := acted(KindUnix, unixSize, tt.name)
		le.PutUint32(u[44:], tt.flags)
		le.PutUint32(u[48:], uint32(len(tt.name)))
		if err := r.Decode(u); err != nil || string(r.Unix.AppendName(nil)) != tt.want {
			t.Errorf("%q, %v", r.Unix.AppendName(nil), err)
		}
	}
	s := acted(KindSocket, socketSize, "")
	le.PutUint32(s[40:], 17)
	le.PutUint32(s[56:], 1)
	if err := r.Decode(s); err != nil || r.Socket.Family != 17 || !r.Socket.Found {
		t.Errorf("%+v, %v", r.Socket, err)
	}
}

func TestDecodeNetworkMalformed(t *testing.T) {
	long := func(kind Kind, size, at int) []byte {
		b := acted(kind, size, "")
		binary.LittleEndian.PutUint32(b[at:], 1)
		return b
	}
	var r Record
	for _, b := range [][]byte{
		head(KindConnection, connectionSize-1), head(KindDNS, dnsSize-1), head(KindSocket, socketSize-1), head(KindUnix, unixSize-1),
		long(KindDNS, dnsSize, 100), long(KindUnix, unixSize, 48),
	} {
		if err := r.Decode(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d bytes of kind %d: %v", len(b), b[0], err)
		}
	}
}
