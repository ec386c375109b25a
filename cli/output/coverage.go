package output

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/coverage"
)

// CoverageLine is what is missing of an answer, in one line: green where nothing is.
func CoverageLine(s *coverage.Statement, o TextOptions) string {
	p := paint{o.Color}
	text := "coverage: " + Clean(s.Line())
	if s.Complete {
		return p.with(sgrGreen, text)
	}
	return p.with(sgrYellow, text)
}

// level colours s as befits a level.
func (p paint) level(l coverage.Level, s string) string {
	return p.with([...]string{sgrGreen, sgrCyan, sgrYellow, sgrRed}[min(l, coverage.Failure)], s)
}

// levelColumns is how wide the longest level is, and what follows it.
const levelColumns = 9

// WriteChecks writes conditions, or the results of checks, one below the other.
func WriteChecks(w io.Writer, list []coverage.Condition, now time.Time, o TextOptions) error {
	p := newPage(o)
	p.checks(list, now)
	return p.writeTo(w)
}

// WriteAddition writes what to add to an audit policy, as it is to stand there.
func WriteAddition(w io.Writer, about, lines string) error {
	_, err := fmt.Fprintf(w, "\nto add to %s:\n\n%s", Clean(about), lines)
	return err
}

func (p *page) checks(list []coverage.Condition, now time.Time) {
	for i := range list {
		c := &list[i]
		word := c.Level.String()
		text := Clean(c.Text)
		if !c.Since.IsZero() && c.Level > coverage.Fine {
			text += " (for " + duration(now.Sub(c.Since)) + ")"
		}
		p.hang(p.level(c.Level, word), len(word), levelColumns, text, nil)
		if c.Advice != "" {
			p.hang("", 0, levelColumns, Clean(c.Advice), p.dim)
		}
	}
}

// WriteStatus writes how a server does. covered is what is missing of the last hour, nil where that cannot be said.
func WriteStatus(w io.Writer, st *api.Status, covered *coverage.Statement, now time.Time, o TextOptions) error {
	p := newPage(o)
	p.hang(p.level(st.Health, st.Health.String()), len(st.Health.String()), levelColumns, fmt.Sprintf("Lynceus %s, started %s ago", Clean(st.Version), duration(now.Sub(st.Started))), nil)
	p.line("")
	if len(st.Conditions) > 0 {
		p.checks(st.Conditions, now)
		p.line("")
	}
	wide := labelColumns // where texts begin: behind the longest name
	tables := slices.DeleteFunc(slices.Clone(st.Tables), func(t api.TableStatus) bool { return t.Rows == 0 })
	for i := range tables {
		wide = max(wide, 2+columns(Clean(tables[i].Name))+1)
	}
	field := func(label, text string) { p.hang("  "+p.dim(label), 2+columns(label), wide, text, nil) }
	if covered != nil {
		field("Coverage", "of the last hour: "+Clean(covered.Line()))
	}
	for i := range tables {
		t := &tables[i]
		text := fmt.Sprintf("%s, %s", amount(t.Rows, "row"), size(float64(t.Bytes)))
		if t.Oldest != nil && t.Newest != nil {
			text += ", " + span(*t.Oldest, *t.Newest, "15:04:05")
		}
		field(Clean(t.Name), text)
	}
	p.processes(st)
	return p.writeTo(w)
}

// processes shows which processes work on the same bus, and what each holds.
func (p *page) processes(st *api.Status) {
	if len(st.Processes) == 0 {
		return
	}
	p.line("")
	holds := map[string][]string{}
	for i := range st.Holds {
		h := &st.Holds[i]
		by := h.By
		if !h.Alive {
			by = "" // whoever had it is gone
		}
		holds[by] = append(holds[by], fmt.Sprintf("%s (token %d, renewed %s ago)", Clean(h.What), h.Token, seconds(h.Silent)))
	}
	for i := range st.Processes {
		x := &st.Processes[i]
		p.field("Process", fmt.Sprintf("%s: %s; seen %s ago", Clean(x.Name), Clean(strings.Join(x.Roles, ", ")), seconds(x.Silent)))
		for _, text := range holds[x.Name] {
			p.field("", "holds "+text)
		}
	}
	for _, text := range holds[""] {
		p.field("Nobody", "holds "+text)
	}
}

// seconds is a time in seconds as text.
func seconds(s float64) string { return duration(time.Duration(s * float64(time.Second))) }

// WriteSources writes which sources there are, what each said last, and which kinds there are not.
func WriteSources(w io.Writer, s *api.SourceStates, now time.Time, o TextOptions) error {
	p := newPage(o)
	for i := range s.Sources {
		one := &s.Sources[i]
		state, level := "seen", coverage.Fine
		switch {
		case one.Ended:
			state, level = "ended", coverage.Notice
		case one.Last.IsZero():
			state, level = "never seen", coverage.Failure
		case one.Silent:
			state, level = "silent", coverage.Failure
		}
		p.hang(p.level(level, state), len(state), 12, Clean(one.Key.String()), p.bold)
		p.hang("", 0, 12, strings.Join(sourceFacts(one, now), ", "), nil)
	}
	for i := range s.Missing {
		m := &s.Missing[i]
		p.hang(p.level(coverage.Notice, "never seen"), len("never seen"), 12, string(m.Role)+": "+m.What, p.bold)
		p.hang("", 0, 12, m.Enable, p.dim)
	}
	return p.writeTo(w)
}

// sourceFacts are what a source said last.
func sourceFacts(s *coverage.State, now time.Time) (out []string) {
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	add("%s", s.Role)
	if !s.Last.IsZero() {
		add("heard of %s ago", duration(max(now.Sub(s.Last), 0)))
	}
	if !s.Minute.IsZero() {
		text := fmt.Sprintf("%s in the minute of %s", amount(max(s.Seen, s.Stored), "event"), s.Minute.UTC().Format("15:04"))
		if n := s.Lost + s.Shed; n > 0 {
			text += fmt.Sprintf(" and %s missing", number(n))
		}
		out = append(out, text)
	}
	if s.Delay > 0 {
		add("stored within %s", duration(s.Delay))
	}
	if s.Timed {
		add("clock off by %v", s.Offset)
	}
	if s.Waiting > 0 {
		add("%s wait there", size(float64(s.Waiting)))
	}
	return out
}
