package hunt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// AppendRow appends a row as a JSON array without blanks. The same row always
// gives the same bytes.
//
// Bool, int, long and real are JSON's own, where JSON has them: NaN and the
// infinities are the strings "NaN", "Infinity" and "-Infinity". Datetime,
// timespan, decimal and guid are strings as Kusto prints them. A dynamic is
// the JSON it holds, and null is null. What a terminal may obey or hide is
// escaped, so that the text can be shown as it is.
func AppendRow(dst []byte, row []value.Value) []byte {
	dst = append(dst, '[')
	for i, v := range row {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendValue(dst, v)
	}
	return append(dst, ']')
}

// AppendValue appends one value as AppendRow does.
func AppendValue(dst []byte, v value.Value) []byte {
	if v.Null {
		return append(dst, "null"...)
	}
	switch v.Type {
	case value.TypeBool, value.TypeInt, value.TypeLong:
		return v.AppendText(dst)
	case value.TypeReal:
		if !math.IsNaN(v.Float) && !math.IsInf(v.Float, 0) {
			return v.AppendText(dst)
		}
	case value.TypeString:
		return appendString(dst, v.Text)
	case value.TypeDynamic:
		return append(dst, report.Escape(v.Node.AppendJSON(nil))...)
	}
	dst = append(dst, '"')
	dst = v.AppendText(dst)
	return append(dst, '"')
}

// appendString appends s as JSON. Bytes that are no UTF-8 become U+FFFD, since
// JSON has no other way to write them.
func appendString(dst []byte, s string) []byte {
	start := len(dst)
	dst = value.AppendQuoted(dst, s)
	for _, c := range dst[start:] {
		if c >= utf8.RuneSelf || c == 0x7f {
			tail := report.Escape(bytes.ToValidUTF8(bytes.Clone(dst[start:]), []byte("\ufffd")))
			return append(dst[:start], tail...)
		}
	}
	return dst
}

// ReadRow reads what AppendRow wrote into dst, which has a place for each of
// cols. What is read is equal to what was written, but for a dynamic's dates,
// timespans and decimals, which JSON keeps as strings.
func ReadRow(b []byte, cols []plan.Column, dst []value.Value) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return fmt.Errorf("a row is no JSON array: %w", err)
	}
	return readParts(parts, cols, dst)
}

func readParts(parts []json.RawMessage, cols []plan.Column, dst []value.Value) error {
	if len(parts) != len(cols) || len(dst) < len(cols) {
		return fmt.Errorf("a row has %d values for %d columns", len(parts), len(cols))
	}
	for i, p := range parts {
		v, err := readValue(p, cols[i].Type)
		if err != nil {
			return fmt.Errorf("column %s: %w", cols[i].Name, err)
		}
		dst[i] = v
	}
	return nil
}

func readValue(b []byte, t value.Type) (value.Value, error) {
	text := string(b)
	if t == value.TypeDynamic {
		n, ok := value.ParseJSON(text)
		if !ok {
			return value.Null(t), fmt.Errorf("%.40q is no JSON", text)
		}
		return value.Dynamic(n), nil
	}
	if text == "null" {
		return value.Null(t), nil
	}
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return value.Null(t), err
		}
	}
	v, ok := ofText(text, t)
	if !ok {
		return v, fmt.Errorf("%.40q is no %s", text, t)
	}
	return v, nil
}

// ofText reads a value that is no dynamic from its text.
func ofText(text string, t value.Type) (value.Value, bool) {
	switch t {
	case value.TypeString:
		return value.String(text), true
	case value.TypeBool:
		return value.Bool(text == "true"), text == "true" || text == "false"
	case value.TypeInt, value.TypeLong:
		n, err := strconv.ParseInt(text, 10, 64)
		return value.Value{Type: t, Int: n}, err == nil
	case value.TypeReal:
		f, err := strconv.ParseFloat(text, 64)
		return value.Real(f), err == nil
	case value.TypeDatetime:
		n, ok := value.ParseDatetime(text)
		return value.Datetime(n), ok
	case value.TypeTimespan:
		n, ok := value.ParseTimespan(text)
		return value.Timespan(n), ok
	case value.TypeGuid, value.TypeDecimal:
		return value.Value{Type: t, Text: text}, true
	}
	return value.Null(t), false
}
