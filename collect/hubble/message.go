package hubble

import "encoding/json"

// message is an exported event: a flow with its node and time around it. In
// "hubble observe -o json" it is the flow itself.
type message struct {
	Flow     *flow  `json:"flow"`
	Lost     *lost  `json:"lost_events"`
	Status   *nodes `json:"node_status"`
	NodeName string `json:"node_name"`
	Time     string `json:"time"`
}

// lost says how many flows Hubble could not tell of.
type lost struct {
	Source string      `json:"source"`
	Count  json.Number `json:"num_events_lost"`
}

// nodes says what became of nodes that the relay asks.
type nodes struct {
	Change  string   `json:"state_change"`
	Names   []string `json:"node_names"`
	Message string   `json:"message"`
}

// flow is a Flow as far as it is read.
type flow struct {
	Time           string    `json:"time"`
	Verdict        string    `json:"verdict"`
	DropReason     string    `json:"drop_reason_desc"`
	IP             addresses `json:"IP"`
	L4             layer4    `json:"l4"`
	Source         *endpoint `json:"source"`
	Destination    *endpoint `json:"destination"`
	Type           string    `json:"Type"`
	NodeName       string    `json:"node_name"`
	DestNames      []string  `json:"destination_names"`
	L7             *layer7   `json:"l7"`
	IsReply        *bool     `json:"is_reply"`
	Reply          *bool     `json:"reply"` // the same before Cilium 1.10
	DestService    *service  `json:"destination_service"`
	Direction      string    `json:"traffic_direction"`
	TraceContext   *tracing  `json:"trace_context"`
	SourceService  *service  `json:"source_service"`
	PolicyDenied   []policy  `json:"ingress_denied_by"`
	PolicyDeniedTo []policy  `json:"egress_denied_by"`
}

type addresses struct {
	Source      string `json:"source"`
	Destination string `json:"destination"`
}

type layer4 struct {
	TCP  *ports `json:"TCP"`
	UDP  *ports `json:"UDP"`
	SCTP *ports `json:"SCTP"`
	V4   *icmp  `json:"ICMPv4"`
	V6   *icmp  `json:"ICMPv6"`
}

type ports struct {
	Source      int64 `json:"source_port"`
	Destination int64 `json:"destination_port"`
	Flags       *struct {
		SYN bool `json:"SYN"`
		ACK bool `json:"ACK"`
		FIN bool `json:"FIN"`
		RST bool `json:"RST"`
	} `json:"flags"`
}

type icmp struct {
	Type int64 `json:"type"`
	Code int64 `json:"code"`
}

// endpoint is an end of a flow.
type endpoint struct {
	Cluster   string   `json:"cluster_name"`
	Namespace string   `json:"namespace"`
	Pod       string   `json:"pod_name"`
	Labels    []string `json:"labels"`
	Workloads []struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	} `json:"workloads"`
}

type service struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

type policy struct {
	Name string `json:"name"`
}

// layer7 is what a proxy saw of a request or an answer.
type layer7 struct {
	Type    string      `json:"type"`
	Latency json.Number `json:"latency_ns"`
	DNS     *dns        `json:"dns"`
	HTTP    *http       `json:"http"`
}

type dns struct {
	Query  string   `json:"query"`
	IPs    []string `json:"ips"`
	CNames []string `json:"cnames"`
	RCode  int64    `json:"rcode"`
	QTypes []string `json:"qtypes"`
}

type http struct {
	Code    int64    `json:"code"`
	Method  string   `json:"method"`
	URL     string   `json:"url"`
	Headers []header `json:"headers"`
}

type header struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type tracing struct {
	Parent *struct {
		TraceID string `json:"trace_id"`
	} `json:"parent"`
}
