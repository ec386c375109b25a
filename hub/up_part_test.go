package hub

import (
	"errors"
	"testing"
)

// An error says once which part it is of.
func TestOfPart(t *testing.T) {
	for _, test := range []struct{ part, text, want string }{
		{"bus", "bus: lock it: no", "bus: lock it: no"},
		{"bus", "no", "bus: no"},
		{"intake", "bus: no", "intake: bus: no"},
		{"bus", "business: no", "bus: business: no"},
	} {
		err := errors.New(test.text)
		if got := ofPart(test.part, err); got.Error() != test.want || !errors.Is(got, err) {
			t.Errorf("%q", got)
		}
	}
}
