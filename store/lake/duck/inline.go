package duck

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/store/lake"
)

// maxInline is how many events stand in a statement instead of the files that
// hold them: each value is text that the engine has to read.
const maxInline = 128

// few returns what stands for a scan that asks for a needle and whose events
// are few, "" where the engine has to read files.
func few(ctx context.Context, s *sql.Scan, p *lake.Snapshot) string {
	if len(s.Equal) == 0 && len(s.Contains) == 0 {
		return ""
	}
	if _, amended := latest[s.Table]; amended && len(p.Amending) > 0 {
		return "" // which revision counts is for the engine to find
	}
	sel := lake.Of(*s)
	sel.Columns = nil
	for _, f := range columnsOf(s) {
		sel.Columns = append(sel.Columns, f.Column())
	}
	if len(sel.Columns) == 0 {
		sel.Columns = []string{"time"}
	}
	events, ok := p.Find(ctx, sel, maxInline)
	if !ok {
		return ""
	}
	text, ok := inline(s, events)
	if !ok {
		return ""
	}
	return text
}

// inline returns what stands for a scan after FROM when the events that can
// matter are known: a query of their values. ok is false when a value cannot
// be written.
func inline(s *sql.Scan, events []*event.Event) (text string, ok bool) {
	fields := columnsOf(s)
	if len(events) == 0 {
		return nothing(fields), true
	}
	var b strings.Builder
	b.WriteString("(SELECT ")
	for i, f := range fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("v" + strconv.Itoa(i) + "::" + sqlType(f) + " AS " + f.Column())
	}
	if len(fields) == 0 {
		b.WriteString("v0 AS nothing")
	}
	b.WriteString(" FROM (VALUES ")
	for i, e := range events {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for j, f := range fields {
			if j > 0 {
				b.WriteString(", ")
			}
			if !writeValue(&b, e, f) {
				return "", false
			}
		}
		if len(fields) == 0 {
			b.WriteByte('0')
		}
		b.WriteByte(')')
	}
	b.WriteString(") t(")
	for i := range max(1, len(fields)) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("v" + strconv.Itoa(i))
	}
	b.WriteString("))")
	return b.String(), true
}

// writeValue writes an event's field as its column has it.
func writeValue(b *strings.Builder, e *event.Event, f *event.Field) bool {
	switch f.Type {
	case event.TypeInt, event.TypeBool, event.TypeTime:
		n, ok := e.Number(f.ID)
		switch {
		case !ok:
			b.WriteString("NULL")
		case f.Type == event.TypeBool:
			b.WriteString(strconv.FormatBool(n != 0))
		case f.Type == event.TypeTime:
			b.WriteString("make_timestamp(" + strconv.FormatInt(floorMicros(n), 10) + ")")
		default:
			b.WriteString(strconv.FormatInt(n, 10))
		}
		return true
	case event.TypeStrings:
		list, ok := e.List(f.ID)
		if !ok {
			b.WriteString("NULL::VARCHAR[]")
			return true
		}
		b.WriteByte('[')
		for i, word := range list {
			if i > 0 {
				b.WriteString(", ")
			}
			if !writeText(b, word) {
				return false
			}
		}
		b.WriteString("]::VARCHAR[]")
		return true
	}
	text, _ := e.Text(f.ID)
	return writeText(b, text)
}

// writeText writes a literal. The engine's SQL ends at a zero byte, and is
// UTF-8.
func writeText(b *strings.Builder, text string) bool {
	if strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
		return false
	}
	b.WriteString(quote(text))
	return true
}
