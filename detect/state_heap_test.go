package detect

import (
	"math/rand/v2"
	"slices"
	"testing"
)

type number int

func (n number) less(m number) bool { return n < m }

func TestMinHeap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var h minHeap[number]
	var all []number
	for range 2000 {
		if len(all) > 0 && r.IntN(3) == 0 {
			slices.Sort(all)
			if got := h.pop(); got != all[0] {
				t.Fatalf("%d, want %d", got, all[0])
			}
			all = all[1:]
			continue
		}
		n := number(r.IntN(100))
		h.push(n)
		all = append(all, n)
	}
	for slices.Sort(all); len(all) > 0; all = all[1:] {
		if got := h.pop(); got != all[0] {
			t.Fatalf("%d, want %d", got, all[0])
		}
	}
	if len(h) != 0 {
		t.Errorf("%d left", len(h))
	}
}
