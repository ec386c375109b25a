package output

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/store/exclusions"
)

// minute is how times of exclusions are shown.
const minute = "2006-01-02 15:04"

// scopeText says what an exclusion covers.
func scopeText(e *exclude.Exclusion) string {
	parts := []string{"rules " + strings.Join(e.Rules, ", ")}
	for _, c := range e.Scope.Conditions() {
		parts = append(parts, c.Field+" is "+c.Value)
	}
	return Clean(strings.Join(parts, "; "))
}

// WriteExclusions lists exclusions, the latest last.
func WriteExclusions(w io.Writer, list []exclude.Exclusion, now time.Time, o TextOptions) error {
	p := newPage(o)
	if len(list) == 0 {
		p.line("There are no exclusions.")
	}
	for i := range list {
		e := &list[i]
		until := "until " + e.Expires.UTC().Format(minute)
		if !e.Active(now) {
			until = "ended " + e.Expires.UTC().Format(minute)
		}
		p.line(p.bold(Clean(e.ID)) + "  " + p.dim(until) + "  by " + Clean(e.Author))
		p.hang("    ", 4, 4, Clean(e.Reason), nil)
		p.hang("    ", 4, 4, scopeText(e), p.dim)
	}
	return p.writeTo(w)
}

// WriteChanges shows the changes of an exclusion.
func WriteChanges(w io.Writer, list []exclusions.Change, o TextOptions) error {
	p := newPage(o)
	for i := range list {
		c := &list[i]
		what := "changed"
		switch {
		case c.After == nil:
			what = "removed"
		case c.Before == nil:
			what = "made"
		}
		p.line(c.Time.UTC().Format(minute) + "  " + p.bold(what) + " by " + Clean(c.By))
		if c.After != nil {
			p.hang("    ", 4, 4, Clean(c.After.Reason)+"; until "+c.After.Expires.UTC().Format(minute), nil)
			p.hang("    ", 4, 4, scopeText(c.After), p.dim)
		}
	}
	return p.writeTo(w)
}

// WritePast says what an exclusion would have covered.
func WritePast(w io.Writer, past *exclude.Past, since string, o TextOptions) error {
	p := newPage(o)
	head := fmt.Sprintf("In the last %s it would have covered %s of %s (%s).", Clean(since), number(int64(past.Covered)), amount(int64(past.Looked), "finding"), amount(past.Requests, "request"))
	p.hang("", 0, 0, p.bold(head), nil)
	if past.Uncertain > 0 {
		p.hang("", 0, 0, amount(int64(past.Uncertain), "finding")+" would have been told: they stand for more requests than they show, and not all are known to be meant.", nil)
	}
	if past.Denied > 0 {
		p.hang("", 0, 0, amount(int64(past.Denied), "finding")+" would have been told: Lynceus stopped what was done.", nil)
	}
	if past.Oldest != nil && past.Newest != nil {
		p.field("When", span(*past.Oldest, *past.Newest, "15:04"))
	}
	p.field("Severity", tallyText(past.Severities))
	p.field("Where", tallyText(past.Workloads))
	for _, s := range past.Samples {
		text := fmt.Sprintf("%s  %s  %s %s", s.Time.UTC().Format(minute), Clean(s.Severity), Clean(s.Title), p.dim(Clean(s.User+" "+s.Workload)))
		p.line("  " + text)
	}
	return p.writeTo(w)
}

func tallyText(list []exclude.Tally) string {
	const most = 6
	var parts []string
	for i, t := range list {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(list)-most))
			break
		}
		parts = append(parts, Clean(t.Name)+" "+number(int64(t.Findings)))
	}
	return strings.Join(parts, ", ")
}
