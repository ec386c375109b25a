package output

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// table writes rows in columns that fit the screen, or one value on each line
// where there are too many columns for that. The widths are those of the
// first rows; later ones are shortened to them on a screen.
type table struct {
	w     io.Writer
	o     TextOptions
	p     paint
	cols  []plan.Column
	first [][]string
	size  int
	shown []int // columns, by index
	wide  []int // their widths; nil before the first rows are out
	tall  bool  // one value on each line
	n     int64 // rows written in that form
	// hidden counts columns without any value in the first rows.
	hidden int
	later  int64 // values in hidden columns that came later
}

// The first rows, from which widths are taken.
const (
	firstRows  = 500
	firstBytes = 4 << 20
)

// gap is what stands between columns.
const gap = 2

// leastColumn is the width below which no column is shortened, where it is
// wider.
const leastColumn = 10

// wholeSeconds is how long a time is without its fraction: 2026-03-04 10:00:00.
const wholeSeconds = 19

func newTable(w io.Writer, o TextOptions) *table { return &table{w: w, o: o, p: paint{o.Color}} }

// Begin implements AnswerWriter.
func (t *table) Begin(cols []plan.Column, _ hunt.Render) error {
	t.cols = cols
	return nil
}

// Row implements AnswerWriter.
func (t *table) Row(row []value.Value) error {
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = cell(v)
		t.size += len(cells[i])
	}
	if t.wide != nil || t.tall {
		return t.write(cells)
	}
	t.first = append(t.first, cells)
	if len(t.first) < firstRows && t.size < firstBytes {
		return nil
	}
	return t.start()
}

// End implements AnswerWriter.
func (t *table) End() error {
	if t.wide == nil && !t.tall {
		if err := t.start(); err != nil {
			return err
		}
	}
	if t.hidden == 0 {
		return nil
	}
	text := amount(int64(t.hidden), "column") + " without any value left out"
	if t.later > 0 {
		text = amount(int64(t.hidden), "column") + " left out that had no value at first; project names those to show"
	}
	_, err := fmt.Fprintln(t.w, t.p.dim("("+plain(text)+")"))
	return err
}

// start decides how the table looks and writes the rows so far.
func (t *table) start() error {
	t.layout()
	if !t.tall {
		if err := t.header(); err != nil {
			return err
		}
	}
	for _, cells := range t.first {
		if err := t.write(cells); err != nil {
			return err
		}
	}
	t.first = nil
	return nil
}

// crowd is how many columns a table has at least for those without values to
// be left out: a short table keeps what was asked for.
const crowd = 13

// longLine is how wide a table in a file can be, in columns, before it has one
// value on each line as well.
const longLine = 1000

func (t *table) layout() {
	widths := make([]int, len(t.cols))
	for _, cells := range t.first {
		for i, c := range cells {
			widths[i] = max(widths[i], columns(c))
		}
	}
	for i, w := range widths {
		if w == 0 && len(t.first) > 0 && len(t.cols) >= crowd {
			t.hidden++
			continue
		}
		t.shown = append(t.shown, i)
		t.wide = append(t.wide, max(w, columns(Clean(t.cols[i].Name))))
		if t.o.Width > 0 {
			t.wide[len(t.wide)-1] = min(t.wide[len(t.wide)-1], t.o.Width)
		}
	}
	if t.wide == nil {
		t.wide = []int{}
	}
	if t.o.Width == 0 {
		sum := 0
		for _, w := range t.wide {
			sum += w
		}
		t.tall = sum > longLine
		return
	}
	t.tall = !shrink(t.wide, t.leastWidths(), t.o.Width-gap*max(len(t.wide)-1, 0))
}

// shrink makes the widest columns narrower until all fit into total, none
// below its least; false where they cannot.
func shrink(wide, least []int, total int) bool {
	sum, bottom := 0, 0
	for i, w := range wide {
		sum += w
		bottom += least[i]
	}
	if bottom > total {
		return false
	}
	for ; sum > total; sum-- {
		at := -1
		for i, w := range wide {
			if w > least[i] && (at < 0 || w > wide[at]) {
				at = i
			}
		}
		wide[at]--
	}
	return true
}

// leastWidths says how narrow the columns that are shown may become: names
// and texts can be shortened, times to whole seconds, numbers not at all.
func (t *table) leastWidths() []int {
	least := make([]int, len(t.wide))
	for at, i := range t.shown {
		least[at] = t.wide[at]
		switch typ := t.cols[i].Type; {
		case typ == value.TypeDatetime:
			least[at] = min(least[at], wholeSeconds)
		case !isNumber(typ):
			least[at] = min(least[at], leastColumn)
		}
	}
	return least
}

func (t *table) header() error {
	cells := make([]string, len(t.cols))
	for i, c := range t.cols {
		cells[i] = Clean(c.Name)
	}
	_, err := fmt.Fprintln(t.w, t.p.bold(t.line(cells)))
	return err
}

// line puts cells into their columns.
func (t *table) line(cells []string) string {
	var b strings.Builder
	for at, i := range t.shown {
		text := cells[i]
		switch {
		case t.o.Width == 0:
		case t.cols[i].Type == value.TypeDatetime && len(text) > t.wide[at]:
			text = text[:min(wholeSeconds, len(text))]
		default:
			text = fit(text, t.wide[at])
		}
		pad := strings.Repeat(" ", max(t.wide[at]-columns(text), 0))
		if at > 0 {
			b.WriteString(strings.Repeat(" ", gap))
		}
		if isNumber(t.cols[i].Type) {
			b.WriteString(pad + text)
		} else {
			b.WriteString(text + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func (t *table) write(cells []string) error {
	if t.hidden > 0 && t.first == nil {
		t.countLater(cells)
	}
	if t.tall {
		return t.record(cells)
	}
	_, err := fmt.Fprintln(t.w, t.line(cells))
	return err
}

func (t *table) countLater(cells []string) {
	for i, c := range cells {
		if c != "" && !slices.Contains(t.shown, i) {
			t.later++
		}
	}
}
