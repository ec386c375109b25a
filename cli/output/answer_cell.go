package output

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

// cell returns a value as a table shows it: on one line, without characters
// that steer a terminal. Null and empty are empty.
func cell(v value.Value) string {
	if v.Null {
		return ""
	}
	switch v.Type {
	case value.TypeDatetime:
		return instantText(v)
	case value.TypeDynamic:
		return Clean(dynamicText(v.Node))
	}
	return Clean(v.String())
}

// instantText writes a time with a blank and without the zeros at its end:
// 2026-03-04 10:00:00.25.
func instantText(v value.Value) string {
	s := strings.TrimSuffix(v.String(), "Z")
	s = strings.Replace(s, "T", " ", 1)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// dynamicText writes a list of scalars as its items with commas between them,
// and everything else as JSON.
func dynamicText(n *value.Node) string {
	if n == nil {
		return ""
	}
	if n.Kind != value.NodeArray {
		return n.Value().String()
	}
	parts := make([]string, len(n.Items))
	for i, item := range n.Items {
		if item == nil || item.Kind != value.NodeScalar {
			return n.String()
		}
		parts[i] = item.Scalar.String()
		if strings.Contains(parts[i], ",") {
			return n.String()
		}
	}
	return strings.Join(parts, ", ")
}

// isNumber reports whether values of a type stand at the right of a column.
func isNumber(t value.Type) bool { return t.Numeric() || t == value.TypeTimespan }
