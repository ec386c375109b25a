package inventory

// contest finds out which of several objects of one sort had an address at a
// time.
type contest struct {
	// had was seen with it before and is not known to have lost it; next will
	// be seen with it and may have had it.
	had, next *span
	// count is how many were seen with it or may have had it.
	count int
}

func (c *contest) enter(s *span, at int64) {
	switch {
	case during(s.from, at, s.until):
		c.count++
		if c.had == nil || s.from > c.had.from || s.from == c.had.from && s.younger(c.had) {
			c.had = s
		}
	case s.early <= at && at < s.from && (s.until == 0 || at < s.until):
		c.count++
		if c.next == nil || s.from < c.next.from || s.from == c.next.from && s.younger(c.next) {
			c.next = s
		}
	}
}

// winner returns the span of the object that had the address, or nil.
func (c *contest) winner(at int64) *span {
	if c.had == nil || c.next == nil {
		return firstOf(c.had, c.next)
	}
	if doubt := c.had.item.doubt(); doubt != 0 && at >= doubt && c.next.item.born() >= c.had.item.born() {
		return c.next
	}
	return c.had
}

// younger orders two spans that began at the same time, in the same way
// whichever was applied first.
func (s *span) younger(than *span) bool {
	if a, b := s.item.born(), than.item.born(); a != b {
		return a > b
	}
	return s.until != than.until && (s.until == 0 || than.until != 0 && s.until > than.until)
}
