package dns

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
)

// Type is what a resource record is, or what is asked for.
type Type uint16

// The types whose data is read. Numbers of https://www.iana.org/assignments/dns-parameters.
const (
	TypeA     Type = 1
	TypeNS    Type = 2
	TypeCNAME Type = 5
	TypePTR   Type = 12
	TypeMX    Type = 15
	TypeTXT   Type = 16
	TypeAAAA  Type = 28
	TypeSRV   Type = 33
)

// typeNames are those that are met; the same source.
var typeNames = map[Type]string{
	TypeA: "A", TypeNS: "NS", TypeCNAME: "CNAME", 6: "SOA", 10: "NULL", TypePTR: "PTR", 13: "HINFO", TypeMX: "MX", TypeTXT: "TXT", TypeAAAA: "AAAA",
	29: "LOC", TypeSRV: "SRV", 35: "NAPTR", 39: "DNAME", 41: "OPT", 43: "DS", 44: "SSHFP", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 50: "NSEC3", 52: "TLSA",
	64: "SVCB", 65: "HTTPS", 251: "IXFR", 252: "AXFR", 255: "ANY", 256: "URI", 257: "CAA",
}

// String returns its name; one that has none is TYPE and its number, as RFC 3597 has it.
func (t Type) String() string {
	if name := typeNames[t]; name != "" {
		return name
	}
	return "TYPE" + strconv.Itoa(int(t))
}

// codeNames are the response codes of RFC 1035 and RFC 2136, by number.
var codeNames = [...]string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"}

// CodeName returns the name of a response code, or RCODE and its number.
func CodeName(code uint8) string {
	if int(code) < len(codeNames) {
		return codeNames[code]
	}
	return "RCODE" + strconv.Itoa(int(code))
}

// read reads the data of a record, which lies in b for its whole size.
func (a *Answer) read(b []byte, at, size int) (err error) {
	data := b[at : at+size]
	be := binary.BigEndian
	switch a.Type {
	case TypeA, TypeAAAA:
		addr, ok := netip.AddrFromSlice(data)
		if !ok || addr.Is4() != (a.Type == TypeA) {
			return fmt.Errorf("%w: an address of %d bytes", ErrMalformed, size)
		}
		a.Addr, a.Text = addr, addr.String()
	case TypeNS, TypeCNAME, TypePTR:
		a.Text, _, err = readName(b[:at+size], at)
	case TypeMX:
		if size < 3 {
			return fmt.Errorf("%w: an MX of %d bytes", ErrMalformed, size)
		}
		a.Text, _, err = readName(b[:at+size], at+2)
		a.Text = strconv.Itoa(int(be.Uint16(data))) + " " + a.Text
	case TypeSRV:
		if size < 7 {
			return fmt.Errorf("%w: an SRV of %d bytes", ErrMalformed, size)
		}
		a.Text, _, err = readName(b[:at+size], at+6)
		a.Text = fmt.Sprintf("%d %d %d %s", be.Uint16(data), be.Uint16(data[2:]), be.Uint16(data[4:]), a.Text)
	case TypeTXT:
		a.Text, err = texts(data)
	}
	return err
}

// maxText is how much of the texts of one record is kept.
const maxText = 1024

// texts joins the texts of a TXT record.
func texts(data []byte) (string, error) {
	var out []byte
	for len(data) > 0 && len(out) < maxText {
		n := int(data[0])
		if n+1 > len(data) {
			return "", fmt.Errorf("%w: a text ends early", ErrMalformed)
		}
		for _, c := range data[1 : n+1] {
			if c == ' ' || c == '.' {
				out = append(out, c)
				continue
			}
			out = appendLabel(out, []byte{c})
		}
		data = data[n+1:]
	}
	return string(out), nil
}
