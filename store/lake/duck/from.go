package duck

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/store/lake"
)

// latest are tables of whose rows only the latest revision counts, with the
// condition under which a row can have no later one.
var latest = map[event.Class]string{
	event.ClassAudit:    "(audit_stage IN ('ResponseComplete', 'Panic') AND NOT coalesce(audit_awaits, false))",
	event.ClassFinding:  "false",
	event.ClassIncident: "false",
	event.ClassProcess:  settled, event.ClassFile: settled, event.ClassNetwork: settled, event.ClassDNS: settled,
	event.ClassKernel: settled, event.ClassModule: settled, event.ClassMemory: settled,
}

// settled is that condition for rows of what programs on nodes do.
const settled = "(NOT coalesce(metadata_awaits, false))"

// from returns what stands for a scan after FROM: a parenthesised query whose
// columns are those of the scan. after bounds time from below, exclusively;
// math.MinInt64 for no bound.
func from(s *sql.Scan, files, amending []lake.File, after int64) string {
	fields := columnsOf(s)
	if len(files) == 0 {
		return nothing(fields)
	}
	var parts []string
	for _, group := range grouped(fields, files) {
		rows := selectFrom(fields, group.files, group.lacks, after)
		done, amended := latest[s.Table]
		if !group.open || !amended || len(amending) == 0 {
			parts = append(parts, rows)
			continue
		}
		newer := fmt.Sprintf("SELECT metadata_uid, max(metadata_revision) AS metadata_revision FROM read_parquet(%s) WHERE metadata_revision > 0 GROUP BY 1", fileList(paths(amending)))
		if done != "false" {
			parts = append(parts, fmt.Sprintf("SELECT * FROM (%s) WHERE %s", rows, done))
		}
		parts = append(parts, fmt.Sprintf("SELECT r.* FROM (%s) r ANTI JOIN (%s) n ON n.metadata_uid = r.metadata_uid AND n.metadata_revision > coalesce(r.metadata_revision, 0) WHERE NOT (%s)", rows, newer, done))
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ")"
	}
	return "(" + strings.Join(parts, " UNION ALL ") + ")"
}

// columnsOf returns the columns that a scan reads, and those that are needed
// to find the latest revision.
func columnsOf(s *sql.Scan) []*event.Field {
	want := slices.Clone(s.Columns)
	if _, ok := latest[s.Table]; ok {
		want = append(want, "metadata_uid", "metadata_revision")
		if s.Table == event.ClassAudit {
			want = append(want, "audit_stage", "audit_awaits")
		} else {
			want = append(want, "metadata_awaits")
		}
	}
	var out []*event.Field
	for _, f := range event.Columns(s.Table) {
		if slices.Contains(want, f.Column()) {
			out = append(out, f)
		}
	}
	return out
}

// nothing is a query of no rows. Without columns it still has one, so that
// rows can be counted.
func nothing(fields []*event.Field) string {
	cols := []string{"NULL::BIGINT AS nothing"}
	for _, f := range fields {
		cols = append(cols, fmt.Sprintf("NULL::%s AS %s", sqlType(f), f.Column()))
	}
	return "(SELECT " + strings.Join(cols, ", ") + " WHERE false)"
}

// fileGroup is files that have the same columns.
type fileGroup struct {
	files []string
	lacks []string
	open  bool
}

// grouped puts files together that can be read by one read_parquet: those of
// one set of columns, and of those the ones with open rows apart, since
// finding the latest revisions costs.
func grouped(fields []*event.Field, files []lake.File) []*fileGroup {
	var out []*fileGroup
	byKey := map[string]*fileGroup{}
	for i := range files {
		f := &files[i]
		lacks := lacking(fields, f.Columns)
		key := strings.Join(lacks, ",")
		if f.Open > 0 {
			key += " open"
		}
		g := byKey[key]
		if g == nil {
			g = &fileGroup{lacks: lacks, open: f.Open > 0}
			byKey[key] = g
			out = append(out, g)
		}
		g.files = append(g.files, f.Path)
	}
	return out
}

// lacking returns the columns that a file of an earlier release does not have.
func lacking(fields []*event.Field, has []string) []string {
	var out []string
	for _, f := range fields {
		if !slices.Contains(has, f.Column()) {
			out = append(out, f.Column())
		}
	}
	return out
}

func paths(files []lake.File) []string {
	out := make([]string, len(files))
	for i := range files {
		out[i] = files[i].Path
	}
	return out
}

func selectFrom(fields []*event.Field, files, lacks []string, after int64) string {
	var cols []string
	for _, f := range fields {
		name := f.Column()
		switch {
		case !slices.Contains(lacks, name):
			cols = append(cols, name)
		case sqlType(f) == "VARCHAR":
			cols = append(cols, "'' AS "+name)
		default:
			cols = append(cols, fmt.Sprintf("NULL::%s AS %s", sqlType(f), name))
		}
	}
	if len(cols) == 0 {
		cols = []string{"0 AS nothing"}
	}
	text := fmt.Sprintf("SELECT %s FROM read_parquet(%s)", strings.Join(cols, ", "), fileList(files))
	if after != math.MinInt64 {
		text += fmt.Sprintf(" WHERE time > make_timestamp(%d)", floorMicros(after))
	}
	return text
}

// floorMicros turns nanoseconds into microseconds, rounding down.
func floorMicros(ns int64) int64 {
	us := ns / 1000
	if ns%1000 < 0 {
		us--
	}
	return us
}

// fileList writes names as a list of SQL. Segments are named by the lake, and
// a quote in the name of its directory is doubled.
func fileList(files []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, f := range files {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(f))
	}
	b.WriteByte(']')
	return b.String()
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
