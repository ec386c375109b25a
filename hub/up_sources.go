package hub

import (
	"slices"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/coverage"
)

// catalogue is what each kind of source shows, and how it is had.
var catalogue = []api.MissingSource{
	{Role: coverage.Audit, What: "requests to the Kubernetes API: who did what, and what was refused", Enable: "give the API server an audit policy (lynceus audit-policy generate) and follow its log (lynceus up --follow FILE), or have it post to it (--webhook ADDRESS)"},
	{Role: coverage.Sensor, What: "what containers run, which files they touch, whom they talk to", Enable: "start lynceus up as root on a kernel with BTF, with lynceus-sensor beside it (docs/sensor.md)"},
	{Role: coverage.Inventory, What: "what the cluster contains: which workload a pod is of, who had an address", Enable: "give lynceus up a kubeconfig (--kubeconfig), or run lynceus agent in the cluster (docs/agent.md)"},
}

// sources are the sources of clusters that somebody sees which the ledger
// knows, and the kinds that nothing came of for them: a source that names no
// cluster may bring what they see, so where there is one its kind is not
// missing, though the source itself is told only to those who see all.
func (u *Up) sources(sees func(cluster string) bool) api.SourceStates {
	if u.books == nil {
		return api.SourceStates{Sources: []coverage.State{}, Missing: []api.MissingSource{}}
	}
	all := slices.DeleteFunc(u.books.Book().Sources(u.o.Now()), func(s coverage.State) bool { return s.Role == coverage.Hub || s.Cluster != "" && !sees(s.Cluster) })
	out := api.SourceStates{Sources: slices.DeleteFunc(slices.Clone(all), func(s coverage.State) bool { return !sees(s.Cluster) })}
	for _, kind := range catalogue {
		if !slices.ContainsFunc(all, func(s coverage.State) bool { return s.Role == kind.Role && !s.Last.IsZero() }) && !u.came(kind.Role, sees) {
			out.Missing = append(out.Missing, kind)
		}
	}
	return out
}

// came reports whether something of a kind came that the ledger does not have yet: its first minute is not over.
func (u *Up) came(role coverage.Role, sees func(cluster string) bool) bool {
	switch role {
	case coverage.Audit:
		return sees("") && !u.ledger.Last().IsZero()
	case coverage.Inventory:
		return slices.ContainsFunc(u.fleet.Clusters(), func(c api.Cluster) bool { return c.Agent != nil && sees(c.Name) })
	default:
		return false
	}
}
