package clickhouse

import (
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// eventsTable is the name of the view of all events, with the columns that
// every table has.
const eventsTable = "events"

// eventClasses are the tables of what happened, as eventsTable shows them.
var eventClasses = []event.Class{
	event.ClassProcess, event.ClassFile, event.ClassNetwork, event.ClassDNS, event.ClassAudit, event.ClassKernel,
	event.ClassModule, event.ClassMemory, event.ClassK8sEvent,
}

// createTables returns the statements that make the tables of class c: one,
// or with shards two.
func (s *Store) createTables(c event.Class) []string {
	columns := append(columnsOf(c), segmentColumn)
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE IF NOT EXISTS %s%s (\n", s.table(s.layout.stored(c)), s.layout.onCluster())
	for i, col := range columns {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString("  " + col.declaration())
	}
	for _, ix := range indexesOf(c) {
		b.WriteString(",\n  INDEX " + ix.declaration())
	}
	fmt.Fprintf(&b, "\n) ENGINE = %s\nPARTITION BY toDate(received_time)\nORDER BY (%s)\n", s.layout.mergeTree(), strings.Join(orderBy(c), ", "))
	if ttl := ttl(s.retention[c]); ttl != "" {
		fmt.Fprintf(&b, "TTL %s\n", ttl)
	}
	fmt.Fprintf(&b, "SETTINGS %s\nCOMMENT %s", s.layout.settings(), quoteText(c.Doc()))
	out := []string{b.String()}
	if s.layout.Sharded {
		out = append(out, fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s%s AS %s ENGINE = Distributed(%s, %s, %s, cityHash64(metadata_uid))",
			s.table(c.String()), s.layout.onCluster(), s.table(s.layout.stored(c)),
			quoteText(s.layout.Cluster), quoteText(s.database), quoteText(s.layout.stored(c))))
	}
	return out
}

// orderBy is the order of rows within a part: by the hour, then by what most
// questions name, so that the rows of one namespace (of one user, for the
// API) stand together. What of the API's requests was amended, or can be,
// stands apart, since every query looks for it.
func orderBy(c event.Class) []string {
	if c == event.ClassAudit {
		return []string{"toStartOfHour(time)", "metadata_revision", "audit_awaits", "audit_stage", "actor_user_name", "time"}
	}
	return []string{"toStartOfHour(time)", "k8s_namespace", "time"}
}

// ttl says when a row goes: its received_time and the retention. Rows without
// one stay. It is "" for ever.
func ttl(retention time.Duration) string {
	if retention <= 0 {
		return ""
	}
	return fmt.Sprintf("toDateTime(ifNull(received_time, toDateTime64('2100-01-01 00:00:00', 6, 'UTC')), 'UTC') + %s", ttlInterval(retention))
}

// ttlInterval is the part of ttl that changes, as the server shows it too.
func ttlInterval(retention time.Duration) string {
	return fmt.Sprintf("toIntervalSecond(%d)", int64(max(retention, time.Second)/time.Second))
}

// createEvents returns the statement that makes the view of all events.
func (s *Store) createEvents() string {
	var columns, names []string
	for _, f := range event.Columns(event.ClassNone) { // those of every table
		columns = append(columns, quoteName(f.Column())+" "+columnType(f))
	}
	for _, c := range eventClasses {
		names = append(names, c.String())
	}
	return fmt.Sprintf("CREATE OR REPLACE TABLE %s%s (%s) ENGINE = Merge(%s, %s)",
		s.table(eventsTable), s.layout.onCluster(), strings.Join(columns, ", "), quoteText(s.database), quoteText("^("+strings.Join(names, "|")+")$"))
}

// declaration writes the index as CREATE and ALTER take it.
func (ix index) declaration() string {
	return fmt.Sprintf("%s %s TYPE %s GRANULARITY 1", quoteName(ix.name), ix.expr, ix.typ)
}
