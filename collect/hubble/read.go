package hubble

import (
	"cmp"
	"errors"
	"strings"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/event"
)

// Format is how Hubble writes flows.
var Format = foreign.Format{
	Name:  "hubble",
	Marks: [][]string{{"flow.verdict"}, {"flow.IP"}, {"verdict", "IP", "event_type"}, {"verdict", "IP", "l4"}, {"lost_events.num_events_lost"}, {"node_status.state_change"}},
	Read:  read,
}

// errNoFlow is what an event of Hubble's is that tells of no flow.
var errNoFlow = errors.New("an event of Hubble's that tells of no addresses")

func read(doc []byte, to foreign.Rows) error {
	var m message
	if err := foreign.Unmarshal(doc, &m); err != nil {
		return err
	}
	if m.Lost != nil {
		m.lost(to)
		return nil
	}
	if m.Status != nil {
		m.status(to)
		return nil
	}
	f := m.Flow
	if f == nil {
		f = &flow{}
		if err := foreign.Unmarshal(doc, f); err != nil {
			return err
		}
	}
	if f.IP.Source == "" && f.IP.Destination == "" {
		return errNoFlow
	}
	table := event.ClassNetwork
	if f.L7 != nil && f.L7.DNS != nil {
		table = event.ClassDNS
	}
	e := to.Begin(table, nil)
	foreign.Time(e, event.Time, cmp.Or(f.Time, m.Time))
	foreign.Text(e, event.K8sNode, foreign.Base(cmp.Or(f.NodeName, m.NodeName))) // cluster/node where Cilium has several
	f.ends(e)
	f.transport(e)
	f.application(e)
	f.observed(e)
	if table == event.ClassNetwork {
		event.Activity.Set(e, f.activity())
	}
	to.End()
	return nil
}

// lost makes a row of table health of flows that were lost before Hubble could
// tell of them.
func (m *message) lost(to foreign.Rows) {
	e := to.Begin(event.ClassHealth, nil)
	foreign.Time(e, event.Time, m.Time)
	foreign.Text(e, event.K8sNode, foreign.Base(m.NodeName))
	event.Status.Set(e, "Failure")
	if n, err := m.Lost.Count.Int64(); err == nil && n >= 0 {
		event.CoverageLost.Set(e, n)
		if m.Lost.Source == "PERF_EVENT_RING_BUFFER" {
			event.CoverageMissingRing.Set(e, n)
		} else {
			event.CoverageMissingQueue.Set(e, n) // of the agent, or what it had room to remember
		}
	}
	event.Message.Set(e, "Hubble lost flows: "+m.Lost.Source)
	to.End()
}

// status makes rows of table health, one a node, of what became of nodes that
// the relay asks: of one that is unavailable nothing comes.
func (m *message) status(to foreign.Rows) {
	names := m.Status.Names
	if len(names) == 0 {
		names = []string{m.NodeName}
	}
	for _, name := range names {
		e := to.Begin(event.ClassHealth, nil)
		foreign.Time(e, event.Time, m.Time)
		foreign.Text(e, event.K8sNode, foreign.Base(name))
		if m.Status.Change == "NODE_CONNECTED" {
			event.Status.Set(e, "Success")
		} else {
			event.Status.Set(e, "Failure")
		}
		event.Message.Set(e, strings.TrimSuffix("Hubble's relay: "+m.Status.Change+": "+m.Status.Message, ": "))
		to.End()
	}
}

// reply reports whether a flow goes back to whoever opened the connection;
// known is false where Hubble could not tell.
func (f *flow) reply() (is, known bool) {
	if r := cmp.Or(f.IsReply, f.Reply); r != nil {
		return *r, true
	}
	return false, false
}

// ends sets who talks with whom. Of a reply the source is who was asked; rows
// have who opened the connection as the source.
func (f *flow) ends(e *event.Event) {
	source, destination := f.Source, f.Destination
	from, to := f.IP.Source, f.IP.Destination
	var sport, dport int64
	if p := cmp.Or(f.L4.TCP, f.L4.UDP, f.L4.SCTP); p != nil {
		sport, dport = p.Source, p.Destination
	}
	if is, _ := f.reply(); is {
		source, destination, from, to, sport, dport = destination, source, to, from, dport, sport
	} else if len(f.DestNames) > 0 {
		foreign.Text(e, event.DstEndpointHostname, strings.TrimSuffix(f.DestNames[0], "."))
	}
	foreign.Address(e, event.SrcEndpointIP, from)
	foreign.Address(e, event.DstEndpointIP, to)
	foreign.Port(e, event.SrcEndpointPort, sport)
	foreign.Port(e, event.DstEndpointPort, dport)
	source.set(e, event.SrcEndpointKind, event.SrcEndpointNamespace, event.SrcEndpointName, event.SrcEndpointWorkload)
	destination.set(e, event.DstEndpointKind, event.DstEndpointNamespace, event.DstEndpointName, event.DstEndpointWorkload)
}

// set says who an end is, where that is a pod.
func (p *endpoint) set(e *event.Event, kind, namespace, name, workload event.StringField) {
	if p == nil || p.Pod == "" {
		return
	}
	kind.Set(e, "pod")
	foreign.Text(e, namespace, p.Namespace)
	name.Set(e, p.Pod)
	if len(p.Workloads) > 0 && p.Workloads[0].Kind != "" {
		workload.Set(e, p.Workloads[0].Kind+"/"+p.Workloads[0].Name)
	}
}

// transport sets what carries the flow.
func (f *flow) transport(e *event.Event) {
	protocol := ""
	switch l := &f.L4; {
	case l.TCP != nil:
		protocol = "tcp"
	case l.UDP != nil:
		protocol = "udp"
	case l.SCTP != nil:
		protocol = "sctp"
	case l.V4 != nil, l.V6 != nil:
		protocol = "icmp"
	}
	foreign.Text(e, event.ConnectionInfoProtocolName, protocol)
	if is, known := f.reply(); known {
		event.ConnectionInfoReply.Set(e, is)
	}
	foreign.Text(e, event.ConnectionInfoVerdict, f.Verdict)
	switch f.Verdict {
	case "FORWARDED", "REDIRECTED", "TRANSLATED":
		event.Status.Set(e, "Success")
	case "DROPPED", "ERROR":
		event.Status.Set(e, "Failure")
		if e.Class == event.ClassNetwork {
			foreign.Text(e, event.ConnectionInfoError, f.DropReason)
		}
	}
}

// application sets what a proxy saw of the request, and the trace it is a part
// of.
func (f *flow) application(e *event.Event) {
	if t := f.TraceContext; t != nil && t.Parent != nil {
		foreign.TraceID(e, t.Parent.TraceID)
	}
	l := f.L7
	if l == nil {
		return
	}
	if h := l.HTTP; h != nil && e.Class == event.ClassNetwork {
		foreign.Text(e, event.HTTPRequestHTTPMethod, h.Method)
		foreign.Text(e, event.ConnectionInfoHTTPURL, h.URL)
		if h.Code != 0 {
			event.HTTPResponseCode.Set(e, h.Code)
		}
		for _, x := range h.Headers {
			if strings.EqualFold(x.Key, "traceparent") {
				foreign.TraceParent(e, x.Value)
			}
		}
	}
	if d := l.DNS; d != nil {
		d.set(e, l.Type == "RESPONSE")
	}
}

// observed sets in which pod the flow was seen: Hubble looks at it where it
// leaves a pod or comes to one.
func (f *flow) observed(e *event.Event) {
	opener, asked := f.Source, f.Destination
	if is, _ := f.reply(); is {
		opener, asked = asked, opener // the direction is the connection's, the ends are the packet's
	}
	var at *endpoint
	switch f.Direction {
	case "EGRESS":
		at = opener
	case "INGRESS":
		at = asked
	}
	if f.Direction == "EGRESS" || f.Direction == "INGRESS" {
		event.ConnectionInfoInitiated.Set(e, f.Direction == "EGRESS")
	}
	if at != nil {
		foreign.Text(e, event.K8sNamespace, at.Namespace)
		foreign.Text(e, event.K8sPod, at.Pod)
		if len(at.Workloads) > 0 && at.Workloads[0].Kind != "" {
			event.K8sWorkloadKind.Set(e, at.Workloads[0].Kind)
			event.K8sWorkload.Set(e, at.Workloads[0].Name)
		}
	}
}

// activity says what was seen of a connection: its first packet opens it, its
// last close it, what is between is traffic.
func (f *flow) activity() string {
	p := f.L4.TCP
	reply, _ := f.reply()
	switch {
	case p == nil || p.Flags == nil:
		return "Traffic"
	case p.Flags.SYN && !p.Flags.ACK && !reply:
		return "Open"
	case p.Flags.FIN, p.Flags.RST:
		return "Close"
	}
	return "Traffic"
}
