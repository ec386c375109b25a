package api

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/inventory"
	"github.com/lynceus-io/lynceus/inventory/rights"
	"github.com/lynceus-io/lynceus/kql/value"
)

// What is read of an account. All of it is asked in KQL, within what whoever
// asks may see; what a client gave, and what roles say, are parameters.

// rolesQuery gives the roles and bindings of a time. The state of an object is
// that of docs/inventory.md.
const rolesQuery = `declare query_parameters(_cluster:string, _at:datetime);
inventory
| where resource.group == "rbac.authorization.k8s.io" and resource.type in ("roles", "clusterroles", "rolebindings", "clusterrolebindings")
| where _cluster == "" or k8s.cluster == _cluster
| where time <= _at or (inventory.change in ("added", "present") and inventory.created_time <= _at)
| extend distance = iff(time <= _at, _at - time, 365000d + (time - _at))
| summarize arg_min(distance, inventory.change, inventory.kind, k8s.namespace, resource.name, inventory.labels, raw_data) by k8s.cluster_uid, k8s.cluster, resource.uid
| where inventory.change !in ("deleted", "gone")
| project k8s.cluster, inventory.kind, k8s.namespace, resource.name, tostring(inventory.labels), raw_data`

// groupsQuery gives the groups that were last seen with an account.
const groupsQuery = `declare query_parameters(_cluster:string, _user:string, _from:datetime, _at:datetime);
audit
| where time between (_from .. _at) and actor.user.name == _user and array_length(actor.user.groups) > 0
| where _cluster == "" or k8s.cluster in (_cluster, "")
| summarize arg_max(time, actor.user.groups)
| project actor.user.groups`

// deedsQuery gives what an account did. Names are told apart only where a
// right is about them: an account may touch any number of objects. What was
// allowed by who authorizes and refused by somebody later was no refusal of
// the right.
const deedsQuery = `declare query_parameters(_cluster:string, _user:string, _from:datetime, _at:datetime, _names:dynamic);
audit
| where time between (_from .. _at) and actor.user.name == _user
| where _cluster == "" or k8s.cluster in (_cluster, "")
| extend refused = api.response.code in (401, 403) and audit.decision != "allow"
| summarize requests = count(), refusals = countif(refused), first = min(time), last = max(time), reason = take_anyif(audit.decision_reason, not(refused))
    by verb = api.operation, group = resource.group, type = resource.type, sub = resource.subresource, namespace = k8s.namespace,
    name = iff(set_has_element(_names, resource.name), resource.name, ""), path = iff(resource.type == "", tostring(split(http_request.url.path, "?")[0]), "")
| sort by requests desc, last desc
| take 2001
| project verb, group, type, sub, namespace, name, path, requests, refusals, first, last, reason`

func (c *call) ask(text string, params map[string]string, rows int64, each func([]value.Value)) error {
	r := c.s.limits.bound(hunt.Request{KQL: text, Params: params, MaxRows: rows, Now: c.s.o.Now()})
	_, err := hunt.Collect(c.r.Context(), c.queries(), r, func(row []value.Value) error {
		each(row)
		return nil
	})
	return err
}

func (q accountQuestion) params(more ...string) map[string]string {
	p := map[string]string{"_cluster": q.cluster, "_at": q.at.Format(time.RFC3339Nano)}
	for _, name := range more {
		switch name {
		case "_user":
			p[name] = q.user
		case "_from":
			p[name] = q.from.Format(time.RFC3339Nano)
		}
	}
	return p
}

// roleBook reads the roles and bindings of the question's time, and of which
// clusters they are. Documents that are none are left out: others than
// Kubernetes may write into the store.
func (c *call) roleBook(q accountQuestion) (*rights.Book, []string, error) {
	var b rights.Book
	var clusters []string
	n := 0
	err := c.ask(rolesQuery, q.params(), maxRoleObjects+1, func(row []value.Value) {
		n++
		o := inventory.Object{Group: "rbac.authorization.k8s.io", Kind: row[1].Text, Namespace: row[2].Text, Name: row[3].Text, Document: document(row[5])}
		if json.Unmarshal([]byte(row[4].Text), &o.Labels) != nil {
			o.Labels = nil // it has none
		}
		if b.Add(&o) == nil && !slices.Contains(clusters, row[0].Text) {
			clusters = append(clusters, row[0].Text)
		}
	})
	if err == nil && n > maxRoleObjects {
		err = problem.New(problem.LimitReached, "there are more than %d roles and bindings", maxRoleObjects).Advise("give cluster, if there are several")
	}
	slices.Sort(clusters)
	return &b, clusters, err
}

func (c *call) groupsOf(q accountQuestion) (groups []string, err error) {
	err = c.ask(groupsQuery, q.params("_user", "_from"), 1, func(row []value.Value) { groups = texts(row[0]) })
	return groups, err
}

// maxRightNames bounds the names that deeds are told apart by.
const maxRightNames = 2000

func (c *call) deedsOf(q accountQuestion, list []rights.Right) (deeds []rights.Deed, more bool, err error) {
	names := []string{}
	for i := range list {
		names = append(names, list[i].Rule.Names...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	names = names[:min(len(names), maxRightNames)]
	params := q.params("_user", "_from")
	b, err := json.Marshal(names)
	if err != nil {
		return nil, false, err
	}
	params["_names"] = string(b)
	err = c.ask(deedsQuery, params, maxDeeds+1, func(row []value.Value) {
		d := rights.Deed{
			Verb: row[0].Text, Group: row[1].Text, Resource: row[2].Text, Subresource: row[3].Text, Namespace: row[4].Text, Name: row[5].Text, Path: row[6].Text,
			Requests: row[7].Int, Refused: row[8].Int, Reason: strings.Clone(row[11].Text),
		}
		if t := instant(row[9]); t != nil {
			d.First = *t
		}
		if t := instant(row[10]); t != nil {
			d.Last = *t
		}
		deeds = append(deeds, d)
	})
	if more = len(deeds) > maxDeeds; more {
		deeds = deeds[:maxDeeds]
	}
	return deeds, more, err
}
