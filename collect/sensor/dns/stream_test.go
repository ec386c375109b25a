package dns

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"
)

func framed(messages ...string) (out []byte) {
	for _, m := range messages {
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(m))), m...)
	}
	return out
}

func TestStreams(t *testing.T) {
	all := framed("one", "second", "")
	type packet struct {
		number uint32
		b      []byte
	}
	tests := []struct {
		name    string
		packets []packet
		want    []string
	}{
		{"at once", []packet{{7, all}}, []string{"one", "second", ""}},
		{"cut", []packet{{7, all[:1]}, {8, all[1:4]}, {11, all[4:]}}, []string{"one", "second", ""}},
		{"sent again", []packet{{7, all[:4]}, {7, all[:4]}, {9, all[2:]}}, []string{"one", "second", ""}},
		{"around zero", []packet{{0xfffffffe, all[:4]}, {2, all[4:]}}, []string{"one", "second", ""}},
		{"something missing", []packet{{7, all[:4]}, {100, framed("later")}}, []string{"later"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := NewStreams()
			var got []string
			for _, p := range tt.packets {
				if err := s.Take(StreamKey{Sock: 1}, p.number, p.b, func(m []byte) error { got = append(got, string(m)); return nil }); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStreamsAreBounded(t *testing.T) {
	s := NewStreams()
	never := func([]byte) error { t.Error("a message"); return nil }
	for sock := range uint64(10 * maxStreams) {
		number := uint32(0)
		for range 4 {
			b := make([]byte, maxRest)
			b[0], b[1] = 0xff, 0xff
			if err := s.Take(StreamKey{Sock: sock}, number, b, never); err != nil {
				t.Fatal(err)
			}
			number += 2 * maxRest // each leaves a gap
		}
	}
	bytes := 0
	for _, st := range s.open {
		bytes += cap(st.rest)
	}
	if len(s.open) != maxStreams || bytes > 2*maxStreams*maxRest {
		t.Errorf("%d streams with %d bytes", len(s.open), bytes)
	}
}

func TestNames(t *testing.T) {
	n := NewNames()
	now := time.Unix(1000, 0)
	addr := netip.MustParseAddr("192.0.2.1")
	n.Learn(1, &Message{Name: "a.example", Answers: []Answer{{Type: TypeCNAME, Text: "b"}, {Type: TypeA, TTL: 5, Addr: addr}}}, now)
	for _, tt := range []struct {
		asker uint64
		after time.Duration
		want  string
	}{{1, 0, "a.example"}, {1, minLife - 1, "a.example"}, {1, minLife, ""}, {2, 0, ""}} {
		if got := n.Of(tt.asker, addr, now.Add(tt.after)); got != tt.want {
			t.Errorf("%d after %v: %q, want %q", tt.asker, tt.after, got, tt.want)
		}
	}
	for asker := range uint64(2 * maxNames) {
		n.Learn(asker+5, &Message{Name: "x", Answers: []Answer{{Addr: addr}}}, now)
	}
	if len(n.known) != maxNames || len(n.order) != maxNames || n.Of(2*maxNames+4, addr, now) != "x" {
		t.Errorf("%d names are known", len(n.known))
	}
}

func FuzzStreams(f *testing.F) {
	f.Add([]byte{0, 9, 4, 2}, framed("one", "two"))
	f.Fuzz(func(t *testing.T, script, data []byte) {
		s := NewStreams()
		for i := 0; i+1 < len(script); i += 2 {
			from := min(int(script[i+1]), len(data))
			_ = s.Take(StreamKey{Sock: uint64(script[i] & 3)}, uint32(script[i]), data[from:], func(m []byte) error {
				if len(m) > len(data)*len(script) {
					t.Error("a message of more than came")
				}
				return nil
			})
		}
	})
}
