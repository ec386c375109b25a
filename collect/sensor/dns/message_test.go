package dns

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

// question returns a message that asks for a name, with a header of the counts given.
func question(flags uint16, answers int, kind Type, labels ...string) []byte {
	b := make([]byte, headerSize)
	binary.BigEndian.PutUint16(b, 0x1234)
	binary.BigEndian.PutUint16(b[2:], flags)
	binary.BigEndian.PutUint16(b[4:], 1)
	binary.BigEndian.PutUint16(b[6:], uint16(answers))
	b = append(b, wireName(labels...)...)
	return append(b, byte(kind>>8), byte(kind), 0, 1)
}

func wireName(labels ...string) []byte {
	var b []byte
	for _, l := range labels {
		b = append(append(b, byte(len(l))), l...)
	}
	return append(b, 0)
}

// answer returns a resource record for the name of the question.
func answer(kind Type, ttl uint32, data ...byte) []byte {
	b := []byte{0xc0, headerSize, byte(kind >> 8), byte(kind), 0, 1}
	b = binary.BigEndian.AppendUint32(b, ttl)
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func TestParse(t *testing.T) {
	pointed := []byte{3, 'w', 'w', 'w', 0xc0, headerSize}
	tests := []struct {
		name string
		in   []byte
		want Message
	}{
		{"question", question(0x0100, 0, TypeA, "example", "com"), Message{Name: "example.com", Type: TypeA}},
		{"root", question(0, 0, TypeNS), Message{Name: ".", Type: TypeNS}},
		{"hostile bytes", question(0, 0, TypeTXT, "a.b\\", "\x1b[2J\xff"), Message{Name: `a\.b\\.\027[2J\255`, Type: TypeTXT}},
		{"no such name", question(0x8183, 0, TypeAAAA, "x"), Message{Response: true, RCode: 3, Name: "x", Type: TypeAAAA}},
		{"addresses", join(question(0x8180, 2, TypeA, "a"), answer(TypeA, 60, 192, 0, 2, 1), answer(TypeAAAA, 7, netip.MustParseAddr("2001:db8::1").AsSlice()...)),
			Message{Response: true, Name: "a", Type: TypeA, Count: 2, Answers: []Answer{
				{TypeA, 60, netip.MustParseAddr("192.0.2.1"), "192.0.2.1"}, {TypeAAAA, 7, netip.MustParseAddr("2001:db8::1"), "2001:db8::1"},
			}}},
		{"names", join(question(0x8180, 3, TypeMX, "a", "b"), answer(TypeCNAME, 1, pointed...), answer(TypeMX, 1, append([]byte{0, 10}, pointed...)...),
			answer(TypeSRV, 1, append([]byte{0, 1, 0, 2, 1, 187}, pointed...)...)),
			Message{Response: true, Name: "a.b", Type: TypeMX, Count: 3, Answers: []Answer{
				{Type: TypeCNAME, TTL: 1, Text: "www.a.b"}, {Type: TypeMX, TTL: 1, Text: "10 www.a.b"}, {Type: TypeSRV, TTL: 1, Text: "1 2 443 www.a.b"},
			}}},
		{"texts and what is not read", join(question(0x8380, 2, TypeTXT, "a"), answer(TypeTXT, 1, 3, 'v', '=', '1', 1, 0), answer(99, 1, 1, 2)),
			Message{Response: true, Truncated: true, Name: "a", Type: TypeTXT, Count: 2, Answers: []Answer{{Type: TypeTXT, TTL: 1, Text: `v=1\000`}, {Type: 99, TTL: 1}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.ID = 0x1234
			got, err := Parse(tt.in)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%v\n got %+v\nwant %+v", err, got, tt.want)
			}
		})
	}
}

func TestParseMalformed(t *testing.T) {
	ok := join(question(0x8180, 1, TypeA, "a"), answer(TypeA, 60, 192, 0, 2, 1))
	tests := []struct {
		name string
		in   []byte
		kept string // the name that is known nevertheless
	}{
		{"nothing", nil, ""},
		{"no question", make([]byte, headerSize), ""},
		{"points to itself", join(ok[:headerSize], []byte{0xc0, headerSize, 0, 1, 0, 1}), ""},
		{"points ahead", join(ok[:headerSize], []byte{0xc0, 40, 0, 1, 0, 1}, make([]byte, 40)), ""},
		{"goes round", join(ok[:headerSize], []byte{1, 'a', 0xc0, headerSize, 0, 1, 0, 1}), ""},
		{"too long", question(0, 0, TypeA, strings.Repeat("a", 63), strings.Repeat("a", 63), strings.Repeat("a", 63), strings.Repeat("a", 63), "a"), ""},
		{"label of unknown kind", join(ok[:headerSize], []byte{0x80, 0, 0, 1, 0, 1}), ""},
		{"cut in the question", ok[:headerSize+4], ""},
		{"cut in the answer", ok[:len(ok)-1], "a"},
		{"address of three bytes", join(question(0x8180, 1, TypeA, "a"), answer(TypeA, 60, 192, 0, 2)), "a"},
		{"text that is longer than its record", join(question(0x8180, 1, TypeTXT, "a"), answer(TypeTXT, 60, 9, 'x')), "a"},
		{"more answers than there are", question(0x8180, 9, TypeA, "a"), "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Parse(tt.in)
			if !errors.Is(err, ErrMalformed) || m.Name != tt.kept {
				t.Errorf("%v, name %q", err, m.Name)
			}
		})
	}
}

func TestNamesOfCodes(t *testing.T) {
	if Type(28).String() != "AAAA" || Type(65280).String() != "TYPE65280" || CodeName(3) != "NXDOMAIN" || CodeName(15) != "RCODE15" {
		t.Error("a name is wrong")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(join(question(0x8180, 2, TypeA, "a"), answer(TypeA, 60, 192, 0, 2, 1), answer(TypeTXT, 1, 3, 'v', '=', '1')))
	f.Add(join(make([]byte, headerSize), []byte{1, 'a', 0xc0, headerSize}))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err == nil && m.Name == "" {
			t.Error("a message without a name")
		}
		if len(m.Answers) > maxAnswers || len(m.Name) > 4*maxNameBytes {
			t.Errorf("%d answers, %d bytes of name", len(m.Answers), len(m.Name))
		}
		for _, text := range append([]string{m.Name}, texted(m.Answers)...) {
			for i := range len(text) {
				if text[i] < ' ' || text[i] >= 0x7f {
					t.Fatalf("%q has what no terminal should see", text)
				}
			}
		}
	})
}

func texted(answers []Answer) (out []string) {
	for _, a := range answers {
		out = append(out, a.Text)
	}
	return out
}
