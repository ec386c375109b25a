package sift

// Values of the columns that are no texts are numbered like those of texts.

// size is how many values a column has; for tactics, how many sets of them
// and single ones.
func (t *Table) size(c Column) int {
	switch c {
	case Level:
		return len(severities)
	case Joined, Excluded:
		return 2
	case Tactic:
		return len(t.tactics.texts)
	}
	return len(t.dicts[c].texts)
}

// number is the value that a row has in a column.
func (t *Table) number(c Column, p *packed) int {
	switch c {
	case Level:
		return int(p.severity)
	case Joined:
		return yes(p.text[Incident] != 0)
	case Excluded:
		return yes(p.excluded)
	case Tactic:
		return int(p.tactics)
	}
	return int(p.text[c])
}

// named is the text of such a number.
func (t *Table) named(c Column, n int) string {
	text := ""
	switch c {
	case Level:
		text = severities[n]
	case Joined, Excluded:
		text = [...]string{"no", "yes"}[n]
	case Tactic:
		text = t.tactics.texts[n]
	default:
		text = t.dicts[c].texts[n]
	}
	if text == "" {
		return None
	}
	return text
}
