package ocsf

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident"
)

// Incident returns an incident as an Incident Finding. OCSF wants somebody
// to whom it is assigned; Lynceus does not know, and says "unassigned".
func Incident(i *incident.Incident, version string) map[string]any {
	d := base(event.ClassIncident, i.Severity, i.First, i.Last, i.ID, version)
	d["message"] = i.Title
	d["count"] = i.Requests
	d["assignee_group"] = object{"name": "unassigned"}
	var tags []string
	var infos []object
	for _, f := range i.Findings {
		tags = append(tags, f.Rule.Tags...)
		infos = append(infos, info(f))
	}
	d["finding_info_list"] = infos
	put(d, "desc", i.Risk, "attacks", attacks(tags))
	var story []string
	for _, s := range i.Timeline {
		story = append(story, s.First.UTC().Format("2006-01-02T15:04:05Z")+" "+s.Actor+" "+s.Text)
	}
	var actors []string
	for _, a := range i.Actors {
		actors = append(actors, a.Name)
	}
	var pods []string
	for _, p := range i.Pods {
		pods = append(pods, p.String())
	}
	u := object{"root": i.Root.ID, "timeline": strings.Join(story, "\n")}
	put(u, "actors", actors, "pods", pods, "targets", i.Targets, "todo", i.Todo, "links", i.Links, "reasons", i.Reasons)
	if i.Cluster != "" {
		u["k8s"] = object{"cluster": i.Cluster}
	}
	d["unmapped"] = u
	return d
}
