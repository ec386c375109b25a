package literals

import (
	"math/bits"
	"slices"
)

// affixes finds the starts, or the ends, of a text among literals.
type affixes struct {
	// lengths has, by the first (last) byte of a literal, a bit for each
	// length; bit 0 is for 64 and more.
	lengths [256]uint64
	long    []int // the lengths of 64 and more, sorted
	table   table
}

func newAffixes(literals []Literal, outer func(string) byte) affixes {
	a := affixes{table: newTable(literals)}
	for _, l := range literals {
		n := len(l.Text)
		if n >= 64 {
			a.long = append(a.long, n)
			n = 0
		}
		a.lengths[outer(l.Text)] |= 1 << n
	}
	slices.Sort(a.long)
	a.long = slices.Compact(a.long)
	return a
}

// upTo returns the lengths of literals with an outer byte that a text of n
// bytes has room for.
func (a *affixes) upTo(outer byte, n int) uint64 {
	m := a.lengths[outer]
	if n < 63 {
		m &= 1<<(n+1) - 1
	}
	return m
}

// prefixes finds what text, which is not empty, starts with.
func (x *Index) prefixes(text string, f *Found) {
	a := &x.prefix
	m := a.upTo(text[0], len(text))
	if m&1 != 0 {
		for _, n := range a.long {
			if n <= len(text) {
				a.report(text[:n], f)
			}
		}
		m &^= 1
	}
	for ; m != 0; m &= m - 1 {
		a.report(text[:bits.TrailingZeros64(m)], f)
	}
}

// suffixes finds what text, which is not empty, ends with.
func (x *Index) suffixes(text string, f *Found) {
	a := &x.suffix
	m := a.upTo(text[len(text)-1], len(text))
	if m&1 != 0 {
		for _, n := range a.long {
			if n <= len(text) {
				a.report(text[len(text)-n:], f)
			}
		}
		m &^= 1
	}
	for ; m != 0; m &= m - 1 {
		a.report(text[len(text)-bits.TrailingZeros64(m):], f)
	}
}

func (a *affixes) report(part string, f *Found) {
	if id := a.table.find(part); id >= 0 {
		f.Add(id)
	}
}
