package sigma

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// source is what Lynceus knows of a log source: the table that holds its rows
// and the vocabulary under which the registry lists its names.
type source struct {
	table      event.Class
	vocabulary string
	// activities are those of the table's rows that the log source means; none
	// means all of them.
	activities []string
	// writes means opens of files that can write, too, and none that cannot.
	writes bool
}

// categories are the log sources that the node sensor, other people's tools and
// the cluster's own Events feed, for rules of product linux or of no product. Those of Sigma mean a part of a table; those
// that are called after the table's OCSF class are all of it, without names of
// Sigma's own.
var categories = map[string]source{
	"process_creation":   {table: event.ClassProcess, vocabulary: "process_creation", activities: []string{"Launch", "Running"}},
	"file_event":         {table: event.ClassFile, vocabulary: "file_event", activities: []string{"Create", "Update", "Rename"}, writes: true},
	"file_access":        {table: event.ClassFile, vocabulary: "file_event", activities: []string{"Open", "Read"}},
	"file_rename":        {table: event.ClassFile, vocabulary: "file_event", activities: []string{"Rename"}},
	"file_delete":        {table: event.ClassFile, vocabulary: "file_event", activities: []string{"Delete"}},
	"network_connection": {table: event.ClassNetwork, vocabulary: "network_connection", activities: []string{"Open", "Accept", "Fail", "Refuse"}},
	"firewall":           {table: event.ClassNetwork, vocabulary: "firewall"},
	"dns_query":          {table: event.ClassDNS, vocabulary: "dns_query"},
	"dns":                {table: event.ClassDNS, vocabulary: "dns"},

	"process_activity": {table: event.ClassProcess, vocabulary: "process_activity"},
	"file_activity":    {table: event.ClassFile, vocabulary: "file_activity"},
	"network_activity": {table: event.ClassNetwork, vocabulary: "network_activity"},
	"dns_activity":     {table: event.ClassDNS, vocabulary: "dns_activity"},
	"kernel_activity":  {table: event.ClassKernel, vocabulary: "kernel_activity"},
	"module_activity":  {table: event.ClassModule, vocabulary: "module_activity"},
	"memory_activity":  {table: event.ClassMemory, vocabulary: "memory_activity"},

	"alert":     {table: event.ClassAlert, vocabulary: "alert"},
	"log":       {table: event.ClassLog, vocabulary: "log"},
	"span":      {table: event.ClassSpan, vocabulary: "span"},
	"k8s_event": {table: event.ClassK8sEvent, vocabulary: "k8s_event"},
}

// networkServices are the services of category network (taxonomy appendix
// 2.1.0, "Network category").
var networkServices = map[string]source{
	"connection": {table: event.ClassNetwork, vocabulary: "connection"},
	"dns":        {table: event.ClassDNS, vocabulary: "dns"},
}

// narrow adds to a condition, which may be nil after a problem, that the row
// is one that the log source means.
func (s *source) narrow(at expr.Pos, x expr.Node) expr.Node {
	if len(s.activities) == 0 || x == nil {
		return x
	}
	var rows []expr.Node
	for _, activity := range s.activities {
		rows = append(rows, is(at, event.Activity.ID(), activity))
	}
	all := []expr.Node{nil, x}
	if s.writes {
		rows = append(rows, &expr.And{At: at, X: []expr.Node{is(at, event.Activity.ID(), "Open"), is(at, event.FileOpenWrite.ID(), "true")}})
		all = append(all, &expr.Not{At: at, X: is(at, event.FileOpenWrite.ID(), "false")})
	}
	all[0] = flatOr(at, rows)
	return &expr.And{At: at, X: all}
}

// is returns the predicate that a field has a value, by the letter.
func is(at expr.Pos, f event.FieldID, value string) expr.Node {
	return &expr.Pred{At: at, Field: event.Ref{Field: f}, Name: event.Lookup(f).Name, Op: expr.OpEq, Text: value}
}

// findSource returns the table that holds the rows of a log source; ok is
// false when none does.
func findSource(l rule.LogSource) (s source, ok bool) {
	switch {
	case l.Product == "kubernetes":
		ok = l.Service == "audit" && (l.Category == "" || l.Category == "application")
		return source{table: event.ClassAudit, vocabulary: "audit"}, ok
	case l.Product != "" && l.Product != "linux":
		return source{}, false
	case l.Category == "network":
		s, ok = networkServices[l.Service]
		return s, ok
	case l.Service != "":
		return source{}, false
	}
	s, ok = categories[l.Category]
	return s, ok
}

// covers reports whether a filter for log source f applies to rules of log
// source l: every part that the filter names is the same there.
func covers(f, l rule.LogSource) bool {
	same := func(want, have string) bool { return want == "" || strings.EqualFold(want, have) }
	return same(f.Category, l.Category) && same(f.Product, l.Product) && same(f.Service, l.Service)
}
