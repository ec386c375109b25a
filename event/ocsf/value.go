package ocsf

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// writer appends the value of a field that the event has.
type writer func(dst []byte, e *event.Event, id event.FieldID) []byte

// limit reports whether the value of a field that the event has is one that
// OCSF takes at the field's place. Nil takes every value.
type limit func(e *event.Event, id event.FieldID) bool

// writerAt returns how a field is written at the OCSF attribute of that name,
// which decides about the type: OCSF's identifiers are always text, say.
func writerAt(t event.Type, attribute string) (writer, limit) {
	switch t {
	case event.TypeInt:
		switch attribute {
		case "uid":
			return writeIntText, nil
		case "port":
			return writeInt, isPort
		}
	case event.TypeIP:
		return writeText, isAddress
	case event.TypeTime:
		return writeMillis, isSince1970
	case event.TypeJSON:
		if attribute != "data" {
			return writeText, nil
		}
	}
	return writerFree(t), nil
}

// writerFree returns how a field is written where any JSON may stand.
func writerFree(t event.Type) writer {
	switch t {
	case event.TypeInt:
		return writeInt
	case event.TypeBool:
		return writeBool
	case event.TypeTime:
		return writeTime
	case event.TypeStrings:
		return writeList("", "")
	case event.TypeJSON:
		return writeJSON
	}
	return writeText
}

func writeText(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Text(id)
	return rawjson.AppendQuoted(dst, v)
}

func writeInt(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Number(id)
	return strconv.AppendInt(dst, v, 10)
}

func writeIntText(dst []byte, e *event.Event, id event.FieldID) []byte {
	return append(writeInt(append(dst, '"'), e, id), '"')
}

func writeBool(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Number(id)
	return strconv.AppendBool(dst, v != 0)
}

// writeMillis writes OCSF's timestamp_t: milliseconds since 1970 UTC.
func writeMillis(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Number(id)
	return strconv.AppendInt(dst, v/int64(time.Millisecond), 10)
}

// writeTime writes OCSF's datetime_t: RFC 3339, here in UTC and to the
// nanosecond. As a number it would exceed what many readers of JSON can hold.
func writeTime(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Number(id)
	return append(time.Unix(0, v).UTC().AppendFormat(append(dst, '"'), time.RFC3339Nano), '"')
}

// writeList returns the writer of a list of text, with something written
// before and after each element.
func writeList(before, after string) writer {
	return func(dst []byte, e *event.Event, id event.FieldID) []byte {
		words, _ := e.List(id)
		dst = append(dst, '[')
		for i, w := range words {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, before...)
			dst = rawjson.AppendQuoted(dst, w)
			dst = append(dst, after...)
		}
		return append(dst, ']')
	}
}

// highestPort is the end of OCSF's port_t.
const highestPort = 65535

func isPort(e *event.Event, id event.FieldID) bool {
	v, _ := e.Number(id)
	return v >= 0 && v <= highestPort
}

// longestAddress is the length of OCSF's ip_t, in characters.
const longestAddress = 40

// isAddress reports whether the text is an address. Zones are not taken: they
// mean something on the host alone that saw them.
func isAddress(e *event.Event, id event.FieldID) bool {
	v, _ := e.Text(id)
	ip, err := netip.ParseAddr(v)
	return err == nil && ip.Zone() == "" && len(v) <= longestAddress
}

// isSince1970 reports whether a time can be a timestamp_t, which has no sign.
func isSince1970(e *event.Event, id event.FieldID) bool {
	v, _ := e.Number(id)
	return v >= 0
}
