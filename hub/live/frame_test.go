package live

import (
	"bytes"
	"errors"
	"testing"
)

func TestFrames(t *testing.T) {
	message := appendFrame(appendFrame(nil, 'a', []byte("one")), 'b', nil)
	var got []string
	err := eachFrame(message, func(kind byte, content []byte) error {
		got = append(got, string(kind)+string(content))
		return nil
	})
	if err != nil || len(got) != 2 || got[0] != "aone" || got[1] != "b" {
		t.Errorf("%q, %v", got, err)
	}
	for n := 1; n < len(message); n++ {
		err := eachFrame(message[:n], func(byte, []byte) error { return nil })
		if whole := n == 8; whole != (err == nil) || err != nil && !errors.Is(err, errFrame) {
			t.Errorf("%d bytes of %d: %v", n, len(message), err)
		}
	}
}

func FuzzFrames(f *testing.F) {
	f.Add(appendFrame(appendFrame(nil, 'a', []byte("one")), 'b', nil))
	f.Fuzz(func(t *testing.T, message []byte) {
		var again []byte
		err := eachFrame(message, func(kind byte, content []byte) error {
			again = appendFrame(again, kind, content)
			return nil
		})
		if err == nil && !bytes.Equal(again, message) {
			t.Errorf("%x comes back as %x", message, again)
		}
	})
}
