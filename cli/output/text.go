// Package output writes what a scan found for people and for other tools:
// text for a terminal or a chat, JSON, OCSF, SARIF, and a page of HTML.
package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// TextOptions say what the reader's screen can do.
type TextOptions struct {
	// Width in columns; 0 means 100. At least 40 are used.
	Width int
	// Color allows escape sequences for colour.
	Color bool
}

// WriteText writes a run's result for people: incidents first, then findings
// by rule, then what was read and what could not be. Text from events is
// cleaned; the only escape sequences are those for colour.
func WriteText(w io.Writer, r *report.Result, o TextOptions) error {
	p := newPage(o)
	if n := len(r.Incidents); n > 0 {
		var counts [rule.Critical + 1]int
		for _, i := range r.Incidents {
			counts[i.Severity]++
		}
		p.heading("Incidents", tally(counts))
		p.line("")
	}
	for _, i := range r.Incidents {
		p.incident(i)
	}
	if len(r.Findings) > 0 {
		p.findings(r)
	}
	if len(r.Findings)+len(r.Incidents) == 0 {
		p.line(p.bold(nothing(r)))
		p.line("")
	}
	p.coverage(&r.Coverage, ruleTitles(r.Findings))
	return p.writeTo(w)
}

// nothing says that there is nothing to tell, and does not take what could
// not be read for health.
func nothing(r *report.Result) string {
	switch t := r.Coverage.Total(); {
	case t.Events+t.Filtered == 0:
		return "Nothing was read."
	case r.Hidden > 0:
		return fmt.Sprintf("Nothing of note; %s less severe and not shown.", isAre(r.Hidden, "finding"))
	}
	return "Nothing found."
}

func isAre(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return amount(int64(n), noun) + " are"
}

// tally writes how many there are of each severity: "1 critical, 3 high".
func tally(counts [rule.Critical + 1]int) string {
	var out []string
	for s := rule.Critical; s >= rule.Informational; s-- {
		if counts[s] > 0 {
			out = append(out, fmt.Sprintf("%s %s", number(int64(counts[s])), s))
		}
	}
	return strings.Join(out, ", ")
}
