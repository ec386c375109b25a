package clickhouse

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

var scanPlace = regexp.MustCompile(`\{\{scan (\d+)\}\}`)

// text returns the statement's SQL with its scans put in.
func (s *Store) text(st *sql.Statement) (string, error) {
	var errs []error
	out := scanPlace.ReplaceAllStringFunc(st.Text, func(place string) string {
		n, err := strconv.Atoi(scanPlace.FindStringSubmatch(place)[1])
		if err != nil || n >= len(st.Scans) {
			errs = append(errs, fmt.Errorf("the statement has no scan for %s", place))
			return place
		}
		text, err := s.scan(&st.Scans[n])
		errs = append(errs, err)
		return text
	})
	return out, errors.Join(errs...)
}

// scan writes what stands after FROM: the table, or a query of the rows of it
// that can matter.
func (s *Store) scan(sc *sql.Scan) (string, error) {
	fields := map[string]*event.Field{}
	for _, f := range event.Columns(sc.Table) {
		fields[f.Column()] = f
	}
	if len(fields) == 0 || sc.Table.String() == "" {
		return "", fmt.Errorf("there is no table %d", sc.Table)
	}
	columns := make([]string, 0, len(sc.Columns))
	for _, name := range sc.Columns {
		if fields[name] == nil {
			return "", fmt.Errorf("table %s has no column %s", sc.Table, name)
		}
		columns = append(columns, quoteName(name))
	}
	if len(columns) == 0 {
		columns = []string{"1"} // rows are counted
	}
	table := s.table(sc.Table.String())
	parts := latest(sc.Table, table, hints(sc, fields))
	if len(parts) == 1 && len(parts[0]) == 0 {
		return table, nil
	}
	for i, where := range parts {
		parts[i] = []string{"SELECT " + strings.Join(columns, ", ") + " FROM " + table + " WHERE " + strings.Join(where, " AND ")}
	}
	return "(" + strings.Join(slices.Concat(parts...), " UNION ALL ") + ")", nil
}

// hints returns conditions that follow from what the statement asks for and
// that an index answers. The statement tests everything again; what stands
// here must only never be false for a row that it wants.
func hints(sc *sql.Scan, fields map[string]*event.Field) []string {
	var out []string
	if cond := timeBounds(sc.From, sc.To); cond != "" {
		out = append(out, cond)
	}
	for _, eq := range sc.Equal {
		f := fields[eq.Column]
		switch {
		case f == nil || f.Type != event.TypeString && f.Type != event.TypeIP || len(eq.Values) == 0:
		case f.Search.Has(event.SearchExact) && (!eq.Fold || !slices.ContainsFunc(eq.Values, hasCase)):
			out = append(out, quoteName(eq.Column)+" IN ("+quoteAll(eq.Values)+")")
		case eq.Fold && f.Search.Has(event.SearchFolded) && !slices.ContainsFunc(eq.Values, notASCII):
			out = append(out, folded(eq.Column)+" IN ("+quoteAll(eq.Values)+")")
		}
	}
	for _, has := range sc.Contains {
		if f := fields[has.Column]; f != nil && f.Search.Has(event.SearchPart) && has.Text != "" && !notASCII(has.Text) {
			out = append(out, folded(has.Column)+" LIKE "+quoteText("%"+likeEscaper.Replace(has.Text)+"%"))
		}
	}
	return out
}

// likeEscaper makes of a text a pattern of LIKE that means just it.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// notASCII reports whether lowerUTF8 may fold s in another way than
// unicode.ToLower does.
func notASCII(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// hasCase reports whether s may equal other texts when case does not matter.
func hasCase(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf })
}

func quoteAll(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quoteText(v)
	}
	return strings.Join(quoted, ", ")
}

// Bounds of DateTime64(6) beyond which a comparison is left to the statement:
// the years 1900 and 2299, in microseconds since 1970.
const (
	firstMicro = -2_208_988_800_000_000
	lastMicro  = 10_413_791_999_999_999
)

// timeBounds bounds the time, which is stored in microseconds rounded down.
func timeBounds(from, to int64) string {
	var out []string
	if us := floorDiv(from, 1000); from != math.MinInt64 && us > firstMicro && us < lastMicro {
		out = append(out, "time >= "+microTime(us))
	}
	if us := floorDiv(to, 1000); to != math.MaxInt64 && us > firstMicro && us < lastMicro {
		out = append(out, "time <= "+microTime(us))
	}
	return strings.Join(out, " AND ")
}

func microTime(us int64) string {
	return "fromUnixTimestamp64Micro(toInt64(" + strconv.FormatInt(us, 10) + "), 'UTC')"
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
