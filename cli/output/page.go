package output

import (
	"bytes"
	"io"
	"strings"
)

// page collects lines of at most width columns.
type page struct {
	paint
	width int
	buf   bytes.Buffer
}

// Widths of a page, in columns.
const (
	defaultWidth = 100 // where there is no screen: fits a chat
	minWidth     = 40
)

func newPage(o TextOptions) *page {
	if o.Width == 0 {
		o.Width = defaultWidth
	}
	return &page{paint: paint{o.Color}, width: max(o.Width, minWidth)}
}

func (p *page) writeTo(w io.Writer) error {
	_, err := w.Write(p.buf.Bytes())
	return err
}

// line writes one line; blanks at its end are dropped.
func (p *page) line(s string) {
	p.buf.WriteString(strings.TrimRight(strings.ReplaceAll(s, nbsp, " "), " "))
	p.buf.WriteByte('\n')
}

// hang writes text after a head, whose width in columns is given (it may hold
// colours), and wraps it so that all lines begin in the same column.
func (p *page) hang(head string, headColumns, indent int, text string, style func(string) string) {
	for i, l := range wrap(text, p.width-indent) {
		if style != nil {
			l = style(l)
		}
		if i == 0 {
			p.line(head + strings.Repeat(" ", max(indent-headColumns, 0)) + l)
			continue
		}
		p.line(strings.Repeat(" ", indent) + l)
	}
}

// labelColumns is where the text after a label begins.
const labelColumns = 11

// field writes a labelled text; an empty one is left out.
func (p *page) field(label, text string) {
	if text != "" {
		p.hang("  "+p.dim(label), 2+columns(label), labelColumns, text, nil)
	}
}

// heading writes what a part of the page is, and a text after it.
func (p *page) heading(label, text string) {
	p.hang(p.bold(label), columns(label), labelColumns, text, nil)
}
