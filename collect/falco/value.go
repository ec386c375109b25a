package falco

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/event"
)

// set gives a field the value that Falco's field name has in output_fields:
// there numbers may be texts, and lists are words joined by blanks. What does
// not fit the field's type is left out, as is what Falco does not know.
func set(e *event.Event, f *event.Field, name string, value json.RawMessage) {
	var text string
	if len(value) == 0 || bytes.Equal(value, []byte("null")) {
		return
	}
	if value[0] == '"' {
		if json.Unmarshal(value, &text) != nil {
			return
		}
	} else {
		text = string(value)
	}
	if name == "proc.tty" && text == "0" || name == "fd.name" && e.Class == event.ClassNetwork && tuple(e, text) {
		return // no terminal; the ends of a connection
	}
	if text == "<NA>" || text == "" && f.Type != event.TypeString {
		return
	}
	switch f.Type {
	case event.TypeInt:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && (n >= 0 || name == "evt.rawres") {
			e.SetNumber(f.ID, n)
		}
	case event.TypeBool:
		if b, err := strconv.ParseBool(text); err == nil {
			n := int64(0)
			if b {
				n = 1
			}
			e.SetNumber(f.ID, n)
		}
	case event.TypeIP:
		foreign.Address(e, event.StringField(f.ID), text)
	case event.TypeStrings:
		if value[0] == '"' {
			e.SetList(f.ID, strings.Fields(text))
		}
	case event.TypeString:
		e.SetText(f.ID, text)
	}
}

// tuple sets the ends of a connection as fd.name has them,
// "10.0.0.7:40000->203.0.113.7:443", and reports whether text is one.
func tuple(e *event.Event, text string) bool {
	client, server, ok := strings.Cut(text, "->")
	if !ok {
		return false
	}
	for _, end := range [...]struct {
		text string
		ip   event.StringField
		port event.IntField
	}{{client, event.SrcEndpointIP, event.SrcEndpointPort}, {server, event.DstEndpointIP, event.DstEndpointPort}} {
		at := strings.LastIndexByte(end.text, ':')
		if at < 0 {
			continue
		}
		foreign.Address(e, end.ip, strings.Trim(end.text[:at], "[]"))
		if n, err := strconv.ParseInt(end.text[at+1:], 10, 32); err == nil {
			foreign.Port(e, end.port, n)
		}
	}
	return true
}
