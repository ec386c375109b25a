package expr

import "github.com/lynceus-io/lynceus/event"

// Event returns the event that s was loaded with.
func (s *Subject) Event() *event.Event { return s.e }

// Present reports whether the event has the column, be it empty or null.
func (s *Subject) Present(c Column) bool { return s.column(c).present }

// Len returns how many values the column has: 0 for an absent field and an
// empty list, 1 for one value.
func (s *Subject) Len(c Column) int {
	sp := s.column(c)
	return int(sp.to - sp.from)
}

// Text returns value i of the column as text, as docs/predicates.md says; ""
// for a null. It is valid until the next Load.
func (s *Subject) Text(c Column, i int) string {
	return s.text(s.cell(c, i))
}

// Number returns the number that value i of the column is or that its text
// reads as. A time is its nanoseconds since 1970 UTC.
func (s *Subject) Number(c Column, i int) (n float64, ok bool) {
	v := s.cell(c, i)
	if v.kind == kindTime {
		return v.number.float(), true
	}
	num, ok := v.numeric()
	return num.float(), ok
}

// AppendText appends the values of the column, joined by commas.
func (s *Subject) AppendText(dst []byte, c Column) []byte {
	for i := range s.Len(c) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, s.Text(c, i)...)
	}
	return dst
}

// cell returns value i of a column.
func (s *Subject) cell(c Column, i int) *cell {
	sp := s.column(c)
	return &s.cells[sp.from:sp.to][i]
}
