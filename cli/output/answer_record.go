package output

import (
	"fmt"
	"math"
	"strings"
)

// recordName bounds the column of names in the form with one value on each
// line, and recordLines the lines of one value on a screen.
const (
	recordName  = 32
	recordLines = 6
)

// record writes one row with a value on each line, those without a value left
// out: for tables that are wider than the screen.
func (t *table) record(cells []string) error {
	t.n++
	head := fmt.Sprintf("── row %s ", number(t.n))
	width := max(t.o.Width, minWidth)
	if t.o.Width == 0 {
		width = math.MaxInt32
	}
	lines := []string{t.p.dim(head + strings.Repeat("─", max(min(width, 60)-columns(head), 2)))}
	wide := 0
	for _, i := range t.shown {
		if cells[i] != "" {
			wide = max(wide, columns(Clean(t.cols[i].Name)))
		}
	}
	wide = min(wide, recordName)
	for _, i := range t.shown {
		if cells[i] == "" {
			continue
		}
		name := fit(Clean(t.cols[i].Name), wide)
		pad := strings.Repeat(" ", wide-columns(name)+gap)
		parts := wrap(cells[i], width-wide-gap)
		if t.o.Width > 0 && len(parts) > recordLines {
			parts = append(parts[:recordLines-1:recordLines-1], t.p.dim(fmt.Sprintf("… %d more lines; --output json shows all", len(parts)-recordLines+1)))
		}
		for k, part := range parts {
			if k == 0 {
				lines = append(lines, t.p.bold(name)+pad+part)
				continue
			}
			lines = append(lines, strings.Repeat(" ", wide+gap)+part)
		}
	}
	_, err := fmt.Fprintln(t.w, strings.Join(lines, "\n"))
	return err
}
