package input

import (
	"bufio"
	"bytes"
)

// longestTime is the length of the longest time that lines begin with, with
// its blank: nine digits after the second.
const longestTime = len("0000-00-00T00:00:00.000000000Z ")

// TimePrefix returns the length of the time and blank that CloudWatch puts
// before each line it exports ("2023-01-31T09:15:42.123Z {"), 0 where a line
// does not begin so.
func TimePrefix(line []byte) int {
	const form = "0000-00-00T00:00:00"
	if len(line) < len(form)+3 {
		return 0
	}
	for i := 0; i < len(form); i++ {
		if digit := line[i]-'0' <= 9; form[i] == '0' && !digit || form[i] != '0' && line[i] != form[i] {
			return 0
		}
	}
	i := len(form)
	for i < len(line) && (line[i] == '.' || line[i]-'0' <= 9) {
		i++
	}
	if i+2 < len(line) && line[i] == 'Z' && line[i+1] == ' ' && line[i+2] == '{' {
		return i + 2
	}
	return 0
}

// A blanker reads text and puts blanks in place of the times that its lines
// begin with, so that every other byte keeps its place.
type blanker struct {
	text  *bufio.Reader
	start bool // of a line
	left  int  // blanks still to give
}

// Read gives as much as is there without waiting for more.
func (b *blanker) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if b.start {
			head, _ := b.text.Peek(longestTime + 1)
			b.left, b.start = TimePrefix(head), false
			b.text.Discard(b.left)
		}
		for ; b.left > 0 && n < len(p); b.left-- {
			p[n] = ' '
			n++
		}
		if n == len(p) || n > 0 && b.text.Buffered() == 0 {
			return n, nil
		}
		if _, err := b.text.Peek(1); err != nil {
			return n, err
		}
		part, _ := b.text.Peek(min(b.text.Buffered(), len(p)-n))
		if i := bytes.IndexByte(part, '\n'); i >= 0 {
			part, b.start = part[:i+1], true
		}
		n += copy(p[n:], part)
		b.text.Discard(len(part))
	}
	return n, nil
}
