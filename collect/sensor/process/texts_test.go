package process

import (
	"fmt"
	"strings"
	"testing"
)

func TestTexts(t *testing.T) {
	x := newTexts()
	b := []byte("/bin/true")
	one := x.of(b)
	if n := testing.AllocsPerRun(100, func() { x.of(b) }); n != 0 {
		t.Errorf("a text that comes again takes memory %v times", n)
	}
	b[1] = 'B' // the caller's
	if one != "/bin/true" || x.of(b) != "/Bin/true" {
		t.Errorf("%q, %q", one, x.of(b))
	}
	for i := range 4 * textPlaces { // some share a place
		for _, want := range []string{fmt.Sprint(i), strings.Repeat("x", maxText) + fmt.Sprint(i)} {
			if got := x.of([]byte(want)); got != want {
				t.Fatalf("%q, want %q", got, want)
			}
		}
	}
	for _, s := range x.places {
		if len(s) > maxText {
			t.Errorf("%d bytes are remembered", len(s))
		}
	}
}
