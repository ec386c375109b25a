package expr

// exists is OpExists.
type exists struct{ col Column }

func (t exists) holds(s *Subject) bool { return s.column(t.col).present }

// null is OpNull.
type null struct{ col Column }

func (t null) holds(s *Subject) bool {
	c := s.column(t.col)
	if !c.present {
		return true
	}
	for i := c.from; i < c.to; i++ {
		if s.cells[i].kind == kindNull {
			return true
		}
	}
	return false
}
