package sigma

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// source is what Lynceus knows of a log source: the table that holds its rows
// and the vocabulary under which the registry lists its names.
type source struct {
	table      event.Class
	vocabulary string
}

// categories are the log sources that the node sensor feeds, for rules of
// product linux or of no product.
var categories = map[string]source{
	"process_creation":   {event.ClassProcess, "process_creation"},
	"file_event":         {event.ClassFile, "file_event"},
	"network_connection": {event.ClassNetwork, "network_connection"},
	"firewall":           {event.ClassNetwork, "firewall"},
	"dns_query":          {event.ClassDNS, "dns_query"},
	"dns":                {event.ClassDNS, "dns"},
}

// networkServices are the services of category network (taxonomy appendix
// 2.1.0, "Network category").
var networkServices = map[string]source{
	"connection": {event.ClassNetwork, "connection"},
	"dns":        {event.ClassDNS, "dns"},
}

// findSource returns the table that holds the rows of a log source; ok is
// false when none does.
func findSource(l rule.LogSource) (s source, ok bool) {
	switch {
	case l.Product == "kubernetes":
		ok = l.Service == "audit" && (l.Category == "" || l.Category == "application")
		return source{event.ClassAudit, "audit"}, ok
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
