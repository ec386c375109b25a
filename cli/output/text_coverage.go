package output

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
)

// textProblems is how many unreadable places of each source text shows, and
// textSources of how many sources.
const (
	textProblems = 5
	textSources  = 10
)

// coverage writes what was looked at, and what was not. Rules are the titles
// of rules by their ids.
func (p *page) coverage(r *coverage.Report, rules map[string]string) {
	p.heading("Looked at", lookedAt(r))
	if r.Learned.Events > 0 {
		p.field("History", fmt.Sprintf("%s of %s, from which what is new was judged", amount(r.Learned.Events, "event"), span(r.Learned.First, r.Learned.Last, "15:04")))
	}
	p.notRead(r)
	label := "Note"
	for _, w := range Gaps(r, rules) {
		p.field(label, w)
		label = ""
	}
}

// notRead writes the places that could not be read.
func (p *page) notRead(r *coverage.Report) {
	label, shown, left := "Not read", 0, int64(0)
	for _, s := range r.Sources {
		if len(s.Problems) == 0 && s.Broken == 0 {
			continue
		}
		if shown++; shown > textSources {
			left++
			continue
		}
		for i, pr := range s.Problems {
			if i == textProblems {
				break
			}
			p.field(label, Clean(Place(pr)+": "+pr.Text))
			label = ""
		}
		if rest := max(s.Broken, int64(len(s.Problems))) - textProblems; rest > 0 {
			p.field("", fmt.Sprintf("and %s in %s", amount(rest, "more place"), Clean(s.Name)))
		}
	}
	if left > 0 {
		p.field("", "and places in "+amount(left, "more source"))
	}
}

// read returns how much was read, in requests, or in events where nobody
// counted requests.
func read(r *coverage.Report) (n int64, noun string) {
	if r.Requests > 0 {
		return r.Requests, "request"
	}
	return r.Total().Events, "event"
}

// lookedAt says in a sentence what was read.
func lookedAt(r *coverage.Report) string {
	t := r.Total()
	where := fmt.Sprintf("%d sources", len(r.Sources))
	if len(r.Sources) == 1 {
		where = Clean(r.Sources[0].Name)
	}
	n, noun := read(r)
	text := amount(n, noun)
	if !t.Span.First.IsZero() {
		text += " of " + span(t.Span.First, t.Span.Last, "15:04")
	}
	text += fmt.Sprintf(" in %s, %s", where, size(float64(t.Text)))
	if t.Bytes != t.Text && t.Bytes > 0 {
		text += " of JSON"
	}
	text += fmt.Sprintf(", with %s", amount(int64(r.Rules), "rule"))
	if r.Elapsed > 0 {
		text += " in " + duration(r.Elapsed)
		if t.Text > 0 {
			text += fmt.Sprintf(" (%s/s)", size(float64(t.Text)/r.Elapsed.Seconds()))
		}
	}
	if r.Duplicates > 0 {
		text += fmt.Sprintf("; %s there more than once, and counted once", isAre(int(r.Duplicates), "record"))
	}
	if t.Filtered > 0 {
		text += "; " + isAre(int(t.Filtered), "event") + " outside the time asked for"
	}
	if complete(r) {
		text += "; everything could be read"
	}
	return text
}

// complete reports whether nothing of what was there is missing.
func complete(r *coverage.Report) bool {
	for _, s := range r.Sources {
		if len(s.Problems) > 0 || s.Broken > 0 {
			return false
		}
	}
	return len(Gaps(r, nil)) == 0
}

// ruleTitles returns the titles of the rules that found something, by their
// ids.
func ruleTitles(findings []*detect.Finding) map[string]string {
	out := map[string]string{}
	for _, f := range findings {
		out[f.Rule.ID] = f.Rule.Title
	}
	return out
}

// Place is where a problem was met: "audit.log:17 (byte 38,112)".
func Place(p coverage.Problem) string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d (byte %s)", p.File, p.Line, number(p.Offset))
}

// Gaps says in sentences, cleaned, what else may be missing from a result.
// Rules are the titles of rules by their ids; one without a title is called by
// its id.
func Gaps(r *coverage.Report, rules map[string]string) []string {
	var out []string
	t := r.Total()
	if t.Ignored > 0 {
		out = append(out, fmt.Sprintf("%s not of an audit log", isAre(int(t.Ignored), "document")))
	}
	if t.Future > 0 {
		out = append(out, fmt.Sprintf("%s more than 5 minutes ahead of the clock", isAre(int(t.Future), "event")))
	}
	if t.WrongTypes > 0 {
		out = append(out, fmt.Sprintf("%s left out, having another type than theirs", isAre(int(t.WrongTypes), "value")))
	}
	if len(r.Muted) > 0 {
		var names []string
		for _, id := range r.Muted {
			names = append(names, cmp.Or(rules[id], id))
		}
		out = append(out, "muted for flooding, but counted: "+Clean(strings.Join(names, ", ")))
	}
	for _, what := range slices.Sorted(maps.Keys(r.Evicted)) {
		if n := r.Evicted[what]; n > 0 {
			out = append(out, unfit(what, n))
		}
	}
	return out
}

// unfit says what came of n entries of something for which there was no memory.
func unfit(what string, n int64) string {
	if what == "waiting" { // judged all the same, but not in order
		return "judged early, for want of memory: " + amount(n, "request") + "; findings may depend on the order of lines"
	}
	if what == "amendments" {
		return "forgotten before more of them was known, for want of memory: " + amount(n, "event") + "; findings may be told twice"
	}
	return fmt.Sprintf("%s of %s did not fit into memory; findings may be missing", amount(n, "entry"), Clean(what))
}
