package output

import (
	"fmt"
	"strings"
)

// recordName bounds the column of names in the form with one value on each
// line.
const recordName = 32

// record writes one row with a value on each line, those without a value left
// out: for tables that are wider than the screen.
func (t *table) record(cells []string) error {
	t.n++
	head := fmt.Sprintf("── row %s ", number(t.n))
	width := max(t.o.Width, minWidth)
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
		for k, part := range wrap(cells[i], width-wide-gap) {
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
