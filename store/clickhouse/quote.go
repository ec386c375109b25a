package clickhouse

import "strings"

// quoteText writes s as a literal of SQL.
func quoteText(s string) string {
	return "'" + textEscaper.Replace(s) + "'"
}

var textEscaper = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\x00", `\0`)

// quoteName writes s as a name of SQL.
func quoteName(s string) string {
	return "`" + nameEscaper.Replace(s) + "`"
}

var nameEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`")
