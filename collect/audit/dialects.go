package audit

import (
	"github.com/lynceus-io/lynceus/event"
)

// dialects are the logs that documents come in, by the names that the field
// audit.dialect has.
const (
	kubernetes = "kubernetes"
	eks        = "eks"
	gke        = "gke"
	aks        = "aks"
	openshift  = "openshift"
)

// foreignNames are other people's tools, as metadata.log_provider names them.
var foreignNames = [...]string{"falco", "tetragon", "hubble", "kubearmor", "otlp"}

// dialectNames are what a source may be made of; other people's tools are the
// last.
var dialectNames = [...]string{
	kubernetes, eks, gke, aks, openshift,
	foreignNames[0], foreignNames[1], foreignNames[2], foreignNames[3], foreignNames[4],
}

// isForeign reports whether an event was seen by another tool.
func isForeign(e *event.Event) bool {
	return event.MetadataLogProvider.Has(e) && !event.MetadataSource.Has(e)
}

// dialectOf names whose log an event came in.
func dialectOf(e *event.Event) string {
	if e.Class == event.ClassAudit {
		return event.AuditDialect.Get(e)
	}
	return event.MetadataLogProvider.Get(e)
}

// dialectCounts is how many events came in which log, in the order of
// dialectNames.
type dialectCounts [len(dialectNames)]int64

func (c *dialectCounts) count(name string) {
	for i, n := range dialectNames {
		if n == name {
			c[i]++
		}
	}
}

func (c *dialectCounts) add(d dialectCounts) {
	for i, n := range d {
		c[i] += n
	}
}

// most returns the name of the log most events came in; "" where there were
// none.
func (c *dialectCounts) most() string {
	best := -1
	for i, n := range c {
		if n > 0 && (best < 0 || n > c[best]) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return dialectNames[best]
}
