package coverage

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// bitmap is spans as one bit for each moment: what they mean.
type bitmap [200]bool

func (b *bitmap) set(x span, v bool) {
	for i := x.from; i < x.to; i++ {
		b[i] = v
	}
}

func (b *bitmap) spans() (out spans) {
	for i := int64(0); i < int64(len(b)); i++ {
		if !b[i] {
			continue
		}
		if n := len(out); n > 0 && out[n-1].to == i {
			out[n-1].to++
			continue
		}
		out = append(out, span{i, i + 1})
	}
	return out
}

// Spans say the same as a bit for each moment.
func TestSpansEqualBitmap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	one := func() span {
		from := r.Int64N(190)
		return span{from, from + r.Int64N(10)}
	}
	for range 2000 {
		var a, b bitmap
		var s, o spans
		for range r.IntN(12) {
			x := one()
			a.set(x, true)
			s = s.add(x, 0)
		}
		for range r.IntN(12) {
			x := one()
			b.set(x, true)
			o = o.add(x, 0)
		}
		if !slices.Equal(s, a.spans()) {
			t.Fatalf("add: %v, want %v", s, a.spans())
		}
		for i := range b {
			a[i] = a[i] && !b[i]
		}
		if got := s.without(o); !slices.Equal(got, a.spans()) {
			t.Fatalf("%v without %v: %v, want %v", s, o, got, a.spans())
		}
		w := one()
		for i := range a {
			a[i] = a[i] && int64(i) >= w.from && int64(i) < w.to
		}
		if got := s.without(o).within(w); !slices.Equal(got, a.spans()) {
			t.Fatalf("within %v: %v, want %v", w, got, a.spans())
		}
	}
}

func TestSpansSlack(t *testing.T) {
	s := spans{}.add(span{0, 10}, 5).add(span{15, 20}, 5).add(span{26, 30}, 5)
	if want := (spans{{0, 20}, {26, 30}}); !slices.Equal(s, want) {
		t.Errorf("%v, want %v", s, want)
	}
	if s = s.narrow(); !slices.Equal(s, spans{{0, 30}}) {
		t.Errorf("%v", s)
	}
}
