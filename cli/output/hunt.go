package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/lynceus-io/lynceus/hub/seek"
)

// WriteHunt writes for people where indicators were seen.
func WriteHunt(w io.Writer, r *seek.Result, o TextOptions) error {
	p := newPage(o)
	last := ""
	for i := range r.Sightings {
		s := &r.Sightings[i]
		if s.Indicator != last {
			if last != "" {
				p.line("")
			}
			p.line(p.bold(Clean(s.Indicator)))
			last = s.Indicator
		}
		p.hang("  ", 2, 2, fmt.Sprintf("%s in %s %s, %s", amount(s.Events, "event"), s.Table, s.Field, span(s.First, s.Last, "15:04:05")), nil)
		p.field("Was", listText(s.Values))
		p.field("Who", listText(s.Who))
		p.field("Where", listText(s.Where))
		p.field("Events", listText(s.EventUIDs))
	}
	if len(r.Sightings) > 0 {
		p.line("")
	}
	var looked, empty []string
	for _, t := range r.Tables {
		if t.Events == 0 {
			empty = append(empty, t.Table)
			continue
		}
		looked = append(looked, fmt.Sprintf("%s %s", t.Table, number(t.Events)))
	}
	p.heading("Looked for", fmt.Sprintf("%s, %s seen; in events of these tables: %s", amount(int64(r.Indicators), "indicator"), number(int64(r.Seen)), strings.Join(looked, ", ")))
	if len(empty) > 0 {
		p.field("Note", "the store has no events of this time in "+strings.Join(empty, ", ")+": that nothing was seen there says nothing")
	}
	return p.writeTo(w)
}

// listText writes texts of events one after another.
func listText(list []string) string {
	clean := make([]string, len(list))
	for i, t := range list {
		clean[i] = Clean(t)
	}
	return strings.Join(clean, ", ")
}
