package talk

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/kql/value"
)

// flowKey is what flows are summed by: the columns that say who their ends
// are, and how they talked. The addresses of what is known by name are left
// out, and so are ports that were chosen for one connection
// (net.ipv4.ip_local_port_range begins at 32,768).
const flowKey = `cluster = k8s.cluster, initiated = connection_info.initiated, namespace = k8s.namespace, kind = k8s.workload_kind, workload = k8s.workload,
  pod = iff(_parts, k8s.pod, ""), node = iff(isempty(k8s.namespace), k8s.node, ""), process = iff(_parts and isempty(k8s.namespace), actor.process.name, ""),
  skind = src_endpoint.kind, snamespace = src_endpoint.namespace, sworkload = src_endpoint.workload,
  sname = iff(_parts or isempty(src_endpoint.workload), src_endpoint.name, ""),
  sip = iff(src_endpoint.kind in ("pod", "node", "service", "apiserver"), "", src_endpoint.ip),
  dkind = dst_endpoint.kind, dnamespace = dst_endpoint.namespace, dworkload = dst_endpoint.workload,
  dname = iff(_parts or isempty(dst_endpoint.workload), dst_endpoint.name, ""),
  dip = iff(dst_endpoint.kind in ("pod", "node", "service", "apiserver"), "", dst_endpoint.ip),
  host = iff(dst_endpoint.kind in ("pod", "node", "service", "apiserver"), "", dst_endpoint.hostname),
  protocol = connection_info.protocol_name, port = iff(dst_endpoint.port < 32768, dst_endpoint.port, 0)`

// flowKeyColumns is how many columns that makes.
const flowKeyColumns = 21

// flowRows are the rows that are about two ends: not what goes back, what
// stays within a machine, and the sockets that listen.
const flowRows = `network
| where time >= _before and time < _to and isnotempty(src_endpoint.ip) and isnotempty(dst_endpoint.ip)
| where connection_info.reply != true and dst_endpoint.ip !startswith_cs "127." and dst_endpoint.ip != "::1" and activity in ("Open", "Accept", "Running", "Close", "Traffic")`

// flowSums are what is summed. A connection counts when it is opened,
// accepted or found; of Hubble's flows that are no connections, each. Bytes
// are told at the end of a connection.
const flowSums = `summarize
  opened = countif(time >= _from and connection_info.initiated != false and (activity in ("Open", "Running") and status != "Unknown" or activity == "Traffic" and isnotempty(connection_info.verdict) and connection_info.protocol_name != "tcp")),
  accepted = countif(time >= _from and (activity == "Accept" or connection_info.initiated == false and activity in ("Open", "Running"))),
  refused = countif(time >= _from and status == "Failure" and (activity == "Open" or isnotempty(connection_info.verdict))),
  received = sumif(traffic.bytes_in, time >= _from and activity in ("Close", "Traffic")), sent = sumif(traffic.bytes_out, time >= _from and activity in ("Close", "Traffic")),
  rows = countif(time >= _from), earlier = countif(time < _from), first = minif(time, time >= _from), last = max(time)`

// flows adds the flows.
func (r *reader) flows() error {
	query := flowRows + r.ofFocus() + "\n| " + flowSums + "\n  by " + flowKey + "\n| sort by rows desc"
	return r.rows(query, func(row []value.Value) {
		f := readFlow(row)
		n := row[flowKeyColumns:]
		opened, accepted, refused := n[0].Int, n[1].Int, n[2].Int
		bytes := n[3].Int + n[4].Int
		rows, earlier := n[5].Int, n[6].Int
		src, dst := f.ends(r)
		if earlier > 0 {
			r.g.compared.Flows = true
		}
		e := r.g.edge(r, src, dst, Flow)
		if e == nil {
			return
		}
		e.earlier += earlier
		if rows == 0 {
			return
		}
		e.see(n[7], n[8])
		e.Opened, e.Accepted, e.Refused = e.Opened+opened, e.Accepted+accepted, e.Refused+refused
		if f.initiated.Null || f.initiated.True() {
			e.OpenedBytes += bytes
		} else {
			e.AcceptedBytes += bytes
		}
		e.way(f.way(), max(opened, accepted, 1))
	})
}

// ofFocus keeps the rows about what is looked at closely, where the columns
// say so; it is only to read less, as the ends decide in any case.
func (r *reader) ofFocus() string {
	switch k := r.ask.focus; k.kind {
	case Workload:
		return "\n" + `| where k8s.namespace == _namespace and strcat(k8s.workload_kind, "/", k8s.workload) == _name or src_endpoint.namespace == _namespace and src_endpoint.workload == _name or dst_endpoint.namespace == _namespace and dst_endpoint.workload == _name`
	case Host:
		return "\n| where k8s.node == _name or src_endpoint.name == _name or dst_endpoint.name == _name"
	}
	return ""
}

// flow is what a row says of who talked.
type flow struct {
	initiated                    value.Value
	cluster, namespace, workload string
	pod, node, process           string
	src, dst                     point
	protocol                     string
	port                         int64
}

// point is what a row says of the one who had an address.
type point struct{ kind, namespace, workload, name, ip, host string }

// readFlow reads the columns of flowKey.
func readFlow(row []value.Value) flow {
	text := func(i int) string { return clean(row[i].Text) }
	f := flow{
		initiated: row[1], cluster: text(0), namespace: text(2), pod: text(5), node: text(6), process: text(7),
		src:      point{kind: text(8), namespace: text(9), workload: text(10), name: text(11), ip: text(12)},
		dst:      point{kind: text(13), namespace: text(14), workload: text(15), name: text(16), ip: text(17), host: text(18)},
		protocol: text(19), port: row[20].Int,
	}
	if row[4].Text != "" {
		f.workload = cmp.Or(text(3), "Workload") + "/" + text(4)
	}
	return f
}

// way is how they talked: the protocol and the port that was asked.
func (f *flow) way() string {
	switch {
	case f.port > 0:
		return cmp.Or(f.protocol, "ip") + "/" + strconv.FormatInt(f.port, 10)
	case f.protocol == "tcp", f.protocol == "udp":
		return f.protocol + " (high port)"
	}
	return f.protocol
}

// ends returns who opened it and who was asked. What the one who saw it says
// of itself counts before what is known of its address.
func (f *flow) ends(r *reader) (src, dst end) {
	src, dst = f.end(r, &f.src), f.end(r, &f.dst)
	own, ok := f.own()
	switch {
	case !ok:
	case f.initiated.Null || f.initiated.True():
		src = own
	default:
		dst = own
	}
	return src, dst
}

// own is the pod or machine whose process the row is about.
func (f *flow) own() (end, bool) {
	switch {
	case f.workload != "":
		return end{key: key{Workload, f.cluster, f.namespace, f.workload}, part: key{Pod, f.cluster, f.namespace, f.pod}}, true
	case f.node != "" && f.namespace == "" && !f.initiated.Null:
		return end{key: key{Host, f.cluster, "", f.node}, part: key{Process, f.cluster, "", f.process}}, true
	}
	return end{}, false
}

// end is who had an address.
func (f *flow) end(r *reader, p *point) end {
	switch p.kind {
	case "pod":
		e := end{key: key{Workload, f.cluster, p.namespace, p.workload}, part: key{Pod, f.cluster, p.namespace, p.name}}
		if p.workload == "" {
			e.name = "Pod/" + p.name
		}
		return e
	case "service":
		return end{key: key{Service, f.cluster, p.namespace, p.name}}
	case "node":
		return end{key: key{Host, f.cluster, "", p.name}}
	case "apiserver":
		return end{key: key{APIServer, f.cluster, "", "API server"}}
	}
	return r.at(p.kind, f.cluster, p.ip, p.host)
}

// clean takes the character out that separates the parts of an id.
func clean(text string) string { return strings.ReplaceAll(text, "|", "¦") }

// declared are the parameters of the queries of flows and requests.
const declared = "declare query_parameters(_before:datetime, _from:datetime, _to:datetime, _parts:bool, _namespace:string, _name:string);\n"

func (r *reader) params() map[string]string {
	at := func(t time.Time) string { return t.UTC().Format(timeForm) }
	return map[string]string{
		"_before": at(r.ask.before), "_from": at(r.ask.From), "_to": at(r.ask.To),
		"_parts": fmt.Sprint(r.ask.focus.kind != ""), "_namespace": r.ask.focus.namespace, "_name": r.ask.focus.name,
	}
}
