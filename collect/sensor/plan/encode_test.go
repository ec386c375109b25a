package plan

import (
	"reflect"
	"strings"
	"testing"
)

func TestEncode(t *testing.T) {
	for _, p := range []Plan{
		{},
		{Network: true, Calls: []string{"setns"}, Files: Files{Read: Paths{All: true}, Change: Paths{Prefixes: []string{"/a"}, Names: []string{"\xff"}, Suffixes: []string{".sh"}}}},
	} {
		b, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(b)
		if p.Files.Change.Names != nil { // paths of rules are text
			p.Files.Change.Names[0] = "\ufffd"
		}
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%+v, %v, want %+v", got, err, p)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, text := range []string{"", "[]", "{", `{"Sockets":true}`, `{"Network":1}`, "{} {}", strings.Repeat(" ", maxEncoded+1)} {
		if p, err := Decode([]byte(text)); err == nil {
			t.Errorf("%.20q gives %+v", text, p)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"Files":{"Read":{"Names":["x"]}},"Network":true}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(b)
		if err != nil {
			return
		}
		again, err := p.Encode()
		if err != nil {
			t.Skip(err) // longer than it came
		}
		if got, err := Decode(again); err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%+v becomes %+v, %v", p, got, err)
		}
	})
}
