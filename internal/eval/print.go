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

func (t *table) print(w io.Writer) {
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

// Print writes the account as Markdown.
func (s *Summary) Print(w io.Writer) {
	var t table
	t.row("what", "measured")
	t.row("recordings", fmt.Sprintf("%d, %d of them of attacks, %d requests", s.Recordings, s.Attacks, s.Requests))
	t.row("attack steps found", s.All.text())
	t.row("above low per 10,000 requests, ordinary work", fmt.Sprintf("%.2f (%d of %d)", Per10000(s.LoudBenign, s.BenignRequests), s.LoudBenign, s.BenignRequests))
	t.row("above low per 10,000 requests, beside attacks", fmt.Sprintf("%.2f (%d of %d)", Per10000(s.LoudBeside, s.BesideRequests), s.LoudBeside, s.BesideRequests))
	t.row("actor right, of found steps that label it", s.Actor.text())
	t.row("token's pod right, of found steps that label it", s.Pod.text())
	t.row("incidents per attack", fmt.Sprintf("%.1f (%d of %d); %d findings of ordinary work joined", float64(s.Incidents)/float64(max(s.Attacks, 1)), s.Incidents, s.Attacks, s.Joined))
	t.print(w)
	recalls(w, "technique", s.Techniques)
	if _, bare := s.Matrix[unlabelled]; !bare || len(s.Matrix) > 1 {
		recalls(w, "row of the threat matrix", s.Matrix)
	}
	t = table{}
	t.row("missed step", "technique", "recording")
	for _, m := range s.Missed {
		t.row(fmt.Sprintf("%d: %s", m.Step, m.What), m.Technique, m.Recording)
	}
	if len(s.Missed) > 0 {
		t.print(w)
	}
	t = table{}
	t.row("rule above low about ordinary work", "findings")
	for _, name := range s.loudest() {
		t.row(name, fmt.Sprint(s.Loud[name]))
	}
	if len(s.Loud) > 0 {
		t.print(w)
	}
}

func recalls(w io.Writer, head string, of map[string]Recall) {
	if len(of) == 0 {
		return
	}
	var t table
	t.row(head, "steps", "found", "above low", "informational only")
	for _, name := range slices.Sorted(maps.Keys(of)) {
		r := of[name]
		t.row(name, fmt.Sprint(r.Found.All), fmt.Sprint(r.Found.Hit), fmt.Sprint(r.Alarm), fmt.Sprint(r.Quiet))
	}
	t.print(w)
}

func (r Recall) text() string {
	return fmt.Sprintf("%s; %d above low, %d informational only", r.Found.text(), r.Alarm, r.Quiet)
}

func (r Ratio) text() string {
	if r.All == 0 {
		return "no step labels it"
	}
	return fmt.Sprintf("%.1f %% (%d of %d)", 100*r.Share(), r.Hit, r.All)
}
