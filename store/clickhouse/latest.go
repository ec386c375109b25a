package clickhouse

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// latest returns the conditions under which rows of class c that satisfy
// where are wanted: those that no later revision of the same event replaces.
// It is one list of conditions or, when a part of the rows needs no look at
// revisions, one for each part; no row is in two parts.
//
// An audit row is replaced only while its request is not complete or it awaits
// what is not known of its pods; a finding
// or an incident always can be; what programs on nodes do, while it says so.
// Rows of other tables are never amended. A row
// is wanted or not by all revisions that are stored, whatever where says of
// them.
func latest(c event.Class, table string, where []string) [][]string {
	switch c {
	case event.ClassAudit:
		open := append(slices.Clone(where), openRows)
		return [][]string{append(slices.Clone(where), finalRows), append(open, newestOfOpen(table, where, open))}
	case event.ClassProcess, event.ClassFile, event.ClassNetwork, event.ClassDNS, event.ClassKernel, event.ClassModule, event.ClassMemory:
		open := append(slices.Clone(where), "metadata_awaits = true")
		return [][]string{append(slices.Clone(where), "(metadata_awaits IS NULL OR metadata_awaits = false)"), append(open, newestOfOpen(table, where, open))}
	case event.ClassFinding, event.ClassIncident:
		return [][]string{append(slices.Clone(where), newestOf(table, where))}
	}
	return [][]string{where}
}

// finalRows is true for audit rows that are never amended, openRows for all
// others; both as the order of rows can answer (orderBy).
const (
	finalRows = "(audit_stage IN ('ResponseComplete', 'Panic') AND (audit_awaits IS NULL OR audit_awaits = false))"
	openRows  = "(audit_stage NOT IN ('ResponseComplete', 'Panic') OR audit_awaits = true)"
)

// newestOfOpen tells the newest of rows that satisfy open: the amended
// ones are few and stand together (orderBy), so they are gathered and each
// row is compared with them. Where a query has conditions, only amendments of
// rows that satisfy them are gathered.
func newestOfOpen(table string, where, open []string) string {
	amended := "FROM " + table + " WHERE metadata_revision > 0"
	if len(where) > 0 {
		amended += " AND metadata_uid IN (SELECT metadata_uid FROM " + table + " WHERE " + strings.Join(open, " AND ") + ")"
	}
	return "if(ifNull(metadata_revision, 0) > 0, (metadata_uid, ifNull(metadata_revision, 0)) IN (SELECT metadata_uid, max(ifNull(metadata_revision, 0)) " + amended + " GROUP BY metadata_uid), " +
		"metadata_uid NOT IN (SELECT metadata_uid " + amended + "))"
}

// newestOf tells the newest of rows of a small table that satisfy where.
func newestOf(table string, where []string) string {
	these := "SELECT metadata_uid FROM " + table
	if len(where) > 0 {
		these += " WHERE " + strings.Join(where, " AND ")
	}
	return "(metadata_uid, ifNull(metadata_revision, 0)) IN (SELECT metadata_uid, max(ifNull(metadata_revision, 0)) FROM " + table +
		" WHERE metadata_uid IN (" + these + ") GROUP BY metadata_uid)"
}
