package hunt

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// AppendCSVHeader appends the line of the columns' names.
func AppendCSVHeader(dst []byte, cols []plan.Column) []byte {
	for i, c := range cols {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendCell(dst, c.Name)
	}
	return append(dst, '\r', '\n')
}

// AppendCSV appends a row as RFC 4180 has it; null is empty.
//
// A text that a spreadsheet would take for a formula gets an apostrophe before
// it: names and user agents are written by whoever attacks. The other forms
// keep every value as it is.
func AppendCSV(dst []byte, row []value.Value) []byte {
	for i, v := range row {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch v.Type {
		case value.TypeString, value.TypeDynamic:
			text := v.String()
			if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 {
				text = "'" + text
			}
			dst = appendCell(dst, text)
		default:
			dst = v.AppendText(dst)
		}
	}
	return append(dst, '\r', '\n')
}

func appendCell(dst []byte, s string) []byte {
	if !strings.ContainsAny(s, "\",\r\n") && s == strings.TrimSpace(s) {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	for i := range len(s) {
		if s[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}
