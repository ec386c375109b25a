package sql

import "strings"

// Setting is a setting of an engine.
type Setting struct{ Name, Value string }

// ClickHouseSettings are what statements for ClickHouse count on, whatever the
// user's profile says: NULL for what an outer join has not, no numbers that
// mean columns, and JSON as package value prints it. Every statement ends with
// them. A backend whose queries may change no settings fixes just these.
func ClickHouseSettings() []Setting {
	return []Setting{
		{"join_use_nulls", "1"},
		{"enable_positional_arguments", "0"},
		{"output_format_json_quote_64bit_integers", "0"},
		{"output_format_json_escape_forward_slashes", "0"},
	}
}

// settingsClause writes settings as the end of a statement.
func settingsClause(settings []Setting) string {
	parts := make([]string, len(settings))
	for i, s := range settings {
		parts[i] = s.Name + " = " + s.Value
	}
	return " SETTINGS " + strings.Join(parts, ", ")
}
