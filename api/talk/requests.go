package talk

import (
	"github.com/lynceus-io/lynceus/kql/value"
)

// requestKey is what requests are summed by. The address counts only where it
// lies outside the cluster.
const requestKey = `cluster = k8s.cluster, namespace = k8s.namespace, group = resource.group, resource = resource.type, user = actor.user.name, verb = api.operation,
  ip = iff(audit.caller_outside == "yes", src_endpoint.ip, ""), pnamespace = audit.caller_pod.namespace, pworkload = audit.caller_pod.workload,
  pod = iff(_parts, audit.caller_pod.name, "")`

// requestKeyColumns is how many columns that makes.
const requestKeyColumns = 10

const requestRows = `audit
| where time >= _before and time < _to`

// requestSums are what is summed. What is answered with 400 or more was
// refused, or failed.
const requestSums = `summarize
  requests = countif(time >= _from), refused = countif(time >= _from and api.response.code >= 400),
  earlier = countif(time < _from), first = minif(time, time >= _from), last = max(time)`

// requests adds the requests to the API server.
func (r *reader) requests() error {
	query := requestRows + "\n| " + requestSums + "\n  by " + requestKey + "\n| sort by requests desc"
	return r.rows(query, func(row []value.Value) {
		q := readRequest(row)
		n := row[requestKeyColumns:]
		if n[2].Int > 0 {
			r.g.compared.Requests = true
		}
		src, place, dst := q.ends(r)
		r.request(src, dst, Request, q.verb, n)
		if place.kind != "" {
			r.request(place, src, Use, "", n)
		}
	})
}

func (r *reader) request(src, dst end, kind EdgeKind, verb string, n []value.Value) {
	e := r.g.edge(r, src, dst, kind)
	if e == nil {
		return
	}
	e.earlier += n[2].Int
	if n[0].Int == 0 {
		return
	}
	e.see(n[3], n[4])
	e.Requests, e.Refused = e.Requests+n[0].Int, e.Refused+n[1].Int
	if verb != "" {
		e.way(verb, n[0].Int)
	}
}

// request is what a row says of who asked for what.
type request struct {
	cluster, namespace, group, resource, user, verb string
	ip, podNamespace, podWorkload, pod              string
}

// readRequest reads the columns of requestKey.
func readRequest(row []value.Value) request {
	text := func(i int) string { return clean(row[i].Text) }
	return request{
		cluster: text(0), namespace: text(1), group: text(2), resource: text(3), user: text(4), verb: text(5),
		ip: text(6), podNamespace: text(7), podWorkload: text(8), pod: text(9),
	}
}

// ends returns who asked, from where, where that is known, and for what.
func (q *request) ends(r *reader) (src, place, dst end) {
	src = user(q.cluster, q.user)
	switch {
	case q.podWorkload != "":
		place = end{key: key{Workload, q.cluster, q.podNamespace, q.podWorkload}, part: key{Pod, q.cluster, q.podNamespace, q.pod}}
	case q.ip != "":
		place = r.at("external", q.cluster, q.ip, "")
	}
	name := q.resource
	switch {
	case name == "":
		name = "paths of the API"
	case q.group != "":
		name += "." + q.group
	}
	return src, place, end{key: key{Resource, q.cluster, q.namespace, name}}
}
