package eval

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// table collects rows of cells under a head and prints them as Markdown,
// padded so that it can be read on a terminal, too.
type table struct{ rows [][]string }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// print writes nothing where there is but a head.
func (t *table) print(w io.Writer) {
	if len(t.rows) < 2 {
		return
	}
	width := make([]int, len(t.rows[0]))
	for _, r := range t.rows {
		for i, c := range r {
			width[i] = max(width[i], len(c), 3)
		}
	}
	for n, r := range t.rows {
		for i, c := range r {
			fmt.Fprintf(w, "| %-*s ", width[i], c)
		}
		fmt.Fprintln(w, "|")
		if n == 0 {
			for _, n := range width {
				fmt.Fprint(w, "|"+strings.Repeat("-", n+2))
			}
			fmt.Fprintln(w, "|")
		}
	}
	fmt.Fprintln(w)
}

// Print writes the account as Markdown: what is held out beside the rest in
// the first table, and by itself after it.
func (s *Summary) Print(w io.Writer) {
	var t table
	head := []string{"what", "measured"}
	columns := [][][2]string{s.figures()}
	if s.Holdout != nil {
		head = append(head, "held out")
		columns = append(columns, s.Holdout.figures())
	}
	t.row(head...)
	for i, f := range columns[0] {
		row := []string{f[0], f[1]}
		for _, other := range columns[1:] {
			row = append(row, other[i][1])
		}
		t.row(row...)
	}
	t.print(w)
	s.details(w, "")
	if s.Holdout != nil {
		s.Holdout.details(w, "held out: ")
	}
}

// figures are the rows of the first table.
func (s *Summary) figures() [][2]string {
	out := [][2]string{
		{"recordings", fmt.Sprintf("%d, %d of them of attacks, %d requests", s.Recordings, s.Attacks, s.Requests)},
		{"attack steps found", fmt.Sprintf("%s; %d above low, %d informational only", s.All.Found.text(), s.All.Alarm, s.All.Quiet)},
		{"above low per 10,000 requests, ordinary work", loudness(s.LoudBenign, s.NotableBenign, s.BenignRequests)},
		{"above low per 10,000 requests, beside attacks", loudness(s.LoudBeside, s.NotableBeside, s.BesideRequests)},
	}
	for _, r := range s.Who.rows() {
		out = append(out, [2]string{"right: " + r.name, r.ratio.text()})
	}
	return append(out, [2]string{"incidents per attack", fmt.Sprintf("%.1f (%d of %d); %d findings of ordinary work joined", float64(s.Incidents)/float64(max(s.Attacks, 1)), s.Incidents, s.Attacks, s.Joined)})
}

// details writes the tables that say what the figures are made of.
func (s *Summary) details(w io.Writer, prefix string) {
	recalls(w, prefix+"technique", s.Techniques)
	if _, bare := s.Matrix[unlabelled]; !bare || len(s.Matrix) > 1 {
		recalls(w, prefix+"row of the threat matrix", s.Matrix)
	}
	var t table
	t.row(prefix+"missed step", "technique", "recording")
	for _, m := range s.Missed {
		t.row(fmt.Sprintf("%d: %s", m.Step, m.What), m.Technique, m.Recording)
	}
	t.print(w)
	t = table{}
	t.row(prefix+"wrong or not told", "recording", "step", "label", "told")
	for _, m := range s.Mistaken {
		t.row(m.What, m.Recording, fmt.Sprint(m.Step), m.Label, m.Told)
	}
	t.print(w)
	t = table{}
	t.row(prefix+"rule above low about ordinary work", "findings")
	for _, name := range s.loudest() {
		t.row(name, fmt.Sprint(s.Loud[name]))
	}
	t.print(w)
}

func recalls(w io.Writer, head string, of map[string]Recall) {
	var t table
	t.row(head, "steps", "found", "above low", "informational only")
	for _, name := range slices.Sorted(maps.Keys(of)) {
		r := of[name]
		t.row(name, fmt.Sprint(r.Found.All), fmt.Sprint(r.Found.Hit), fmt.Sprint(r.Alarm), fmt.Sprint(r.Quiet))
	}
	t.print(w)
}

func (r Ratio) text() string {
	if r.All == 0 {
		return "no step labels it"
	}
	return fmt.Sprintf("%.1f %% (%d of %d)", 100*r.Share(), r.Hit, r.All)
}

func loudness(n, notable int, all int64) string {
	if all == 0 {
		return "no such request"
	}
	text := fmt.Sprintf("%.2f (%d of %d)", Per10000(n, all), n, all)
	if notable > 0 {
		text += fmt.Sprintf("; %d about work worth naming", notable)
	}
	return text
}
