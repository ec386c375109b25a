package output

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/rule"
)

// EventLines writes an event as one line: when, who, what, where, how it
// ended; in the colour of a finding's severity, or of a refusal.
type EventLines struct {
	p     paint
	width int // 0 means no bound
	parts []linePart
	at    map[string]int
	table string
}

// linePart is a column of the line: its fields that have a value, with a
// separator between them.
type linePart struct {
	fields []string
	sep    string
	wide   int // padded to; 0 for the rest of the line
}

// lineParts say what the line of a table shows, after the time. A table that
// is not here shows its text columns in order.
var lineParts = map[string][]linePart{
	event.ClassAudit.String(): {
		{[]string{"api.response.code"}, "", 3}, {[]string{"actor.user.name"}, "", 28}, {[]string{"api.operation"}, "", 7},
		{[]string{"resource.type", "resource.subresource"}, "/", 24}, {[]string{"k8s.namespace", "resource.name"}, "/", 0},
		{[]string{"audit.exec.command_line"}, "", 0}, {[]string{"src_endpoint.ip"}, "", 0},
	},
	event.ClassFinding.String(): {
		{[]string{"severity"}, "", 13}, {[]string{"finding_info.title"}, "", 44}, {[]string{"actor.user.name"}, "", 24},
		{[]string{"finding_info.about"}, "", 0}, {[]string{"src_endpoint.ip"}, "", 0},
	},
	event.ClassIncident.String(): {{[]string{"severity"}, "", 13}, {[]string{"finding_info.title"}, "", 0}},
	event.ClassProcess.String(): {
		{[]string{"k8s.namespace", "k8s.pod"}, "/", 36}, {[]string{"process.parent_process.name"}, "", 12}, {[]string{"process.cmd_line"}, "", 0},
	},
	event.ClassFile.String(): {
		{[]string{"k8s.namespace", "k8s.pod"}, "/", 36}, {[]string{"activity"}, "", 10}, {[]string{"file.path"}, "", 0}, {[]string{"actor.process.file.path"}, "", 0},
	},
	event.ClassNetwork.String(): {
		{[]string{"k8s.namespace", "k8s.pod"}, "/", 36}, {[]string{"connection_info.protocol_name"}, "", 4}, {[]string{"dst_endpoint.ip", "dst_endpoint.port"}, ":", 26},
		{[]string{"dst_endpoint.hostname"}, "", 0}, {[]string{"actor.process.file.path"}, "", 0},
	},
	event.ClassDNS.String(): {
		{[]string{"k8s.namespace", "k8s.pod"}, "/", 36}, {[]string{"query.type"}, "", 5}, {[]string{"query.hostname"}, "", 0}, {[]string{"answers"}, "", 0},
	},
}

// NewEventLines returns the lines of a table's events, which have cols.
func NewEventLines(table string, cols []plan.Column, o TextOptions) *EventLines {
	l := &EventLines{p: paint{o.Color}, width: o.Width, table: table, parts: lineParts[table], at: map[string]int{}}
	for i, c := range cols {
		l.at[c.Name] = i
	}
	if l.parts == nil {
		for _, c := range cols {
			if c.Type == value.TypeString && !strings.HasPrefix(c.Name, "metadata.") {
				l.parts = append(l.parts, linePart{[]string{c.Name}, "", 0})
			}
		}
	}
	return l
}

// Line returns the line of a row, without its end.
func (l *EventLines) Line(row []value.Value) string {
	words := []string{l.clock(row)}
	for _, p := range l.parts {
		text := l.text(row, p)
		switch {
		case p.wide > 0:
			text = fit(text, p.wide)
			text += strings.Repeat(" ", max(p.wide-columns(text), 0))
		case text == "":
			continue
		}
		words = append(words, text)
	}
	line := strings.TrimRight(strings.Join(words, "  "), " ")
	if l.width > 0 {
		line = fit(line, l.width)
	}
	return l.paint(row, line)
}

func (l *EventLines) text(row []value.Value, p linePart) string {
	var found []string
	for _, f := range p.fields {
		if i, ok := l.at[f]; ok {
			if text := cell(row[i]); text != "" {
				found = append(found, text)
			}
		}
	}
	return strings.Join(found, p.sep)
}

// clock is the time of day in UTC, with milliseconds.
func (l *EventLines) clock(row []value.Value) string {
	for _, name := range []string{"last_seen_time", "time"} {
		if i, ok := l.at[name]; ok && !row[i].Null {
			return row[i].Time().UTC().Format("15:04:05.000")
		}
	}
	return strings.Repeat(" ", len("15:04:05.000"))
}

// paint colours a line by its severity; a request that was refused or failed
// stands out.
func (l *EventLines) paint(row []value.Value, line string) string {
	if i, ok := l.at["severity"]; ok {
		if s, err := rule.ParseSeverity(row[i].Text); err == nil {
			return l.p.severity(s, line)
		}
	}
	if i, ok := l.at["api.response.code"]; ok && slices.Contains([]int64{401, 403}, row[i].Int) {
		return l.p.with(sgrYellow, line)
	}
	return line
}

// AppendObject appends a row as a JSON object with those members that have a
// value.
func AppendObject(dst []byte, cols []plan.Column, row []value.Value) []byte {
	dst = append(dst, '{')
	some := false
	for i, v := range row {
		if v.Null || v.Type == value.TypeString && v.Text == "" {
			continue
		}
		if some {
			dst = append(dst, ',')
		}
		some = true
		dst = hunt.AppendValue(dst, value.String(cols[i].Name))
		dst = hunt.AppendValue(append(dst, ':'), v)
	}
	return append(dst, '}')
}
