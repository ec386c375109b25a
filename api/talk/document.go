package talk

import (
	"time"

	"github.com/lynceus-io/lynceus/coverage"
)

// Map is who talked to whom in a stretch of time. What did nothing in it is
// not there.
type Map struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Before is the beginning of the time before From that was compared with:
	// what was not seen in it is new.
	Before time.Time `json:"before"`
	// Compared says of each kind of edge whether the time before has any: where
	// it has none nothing is told from new.
	Compared Compared `json:"compared"`
	Nodes    []Node   `json:"nodes"`
	Edges    []Edge   `json:"edges"`
	Totals   Totals   `json:"totals"`
	Cut      Cut      `json:"cut"`
	// Latest is when the store last saw a flow or a request, where the stretch
	// has none.
	Latest *time.Time `json:"latest,omitempty"`
	// Coverage says what is missing of the time.
	Coverage *coverage.Statement `json:"coverage,omitempty"`
}

// Compared says what there is to compare with.
type Compared struct {
	Flows    bool `json:"flows"`
	Requests bool `json:"requests"`
}

// Node is an end of edges.
type Node struct {
	// ID is the same in every map.
	ID        string `json:"id"`
	Kind      Kind   `json:"kind"`
	Cluster   string `json:"cluster,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Owner is to whom an address belongs, as far as lists of addresses say.
	Owner string `json:"owner,omitempty"`
	// Address is the only one of a block or name that was seen, where it is one.
	Address string `json:"address,omitempty"`
}

// EdgeKind is what an edge was made of.
type EdgeKind string

// The kinds of edges.
const (
	// Flow is connections and conversations that sensors or Hubble saw.
	Flow EdgeKind = "flow"
	// Request is requests to the API server about objects.
	Request EdgeKind = "request"
	// Use is from where an account or person made requests: a workload, or an
	// address outside the cluster.
	Use EdgeKind = "use"
)

// Edge is what one end did to another.
type Edge struct {
	// Src and Dst are places in Map.Nodes.
	Src  int      `json:"src"`
	Dst  int      `json:"dst"`
	Kind EdgeKind `json:"kind"`
	// Opened and Accepted count connections, as the end that opens and the end
	// that accepts saw them. Where both ends are watched they are the same ones.
	Opened   int64 `json:"opened,omitempty"`
	Accepted int64 `json:"accepted,omitempty"`
	// OpenedBytes and AcceptedBytes are what went both ways, seen likewise.
	OpenedBytes   int64 `json:"opened_bytes,omitempty"`
	AcceptedBytes int64 `json:"accepted_bytes,omitempty"`
	// Requests to the API server.
	Requests int64 `json:"requests,omitempty"`
	// Refused is how many of them were refused, dropped or failed.
	Refused int64 `json:"refused,omitempty"`
	// New says that the time before has no such edge.
	New   bool      `json:"new,omitempty"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Via are the ports or verbs, the most used first.
	Via []Via `json:"via,omitempty"`
	// Findings is how many findings are about it, Severity the worst of them
	// and FindingIDs the first, the worst first.
	Findings   int      `json:"findings,omitempty"`
	Severity   string   `json:"severity,omitempty"`
	FindingIDs []string `json:"finding_ids,omitempty"`

	worst int64
}

// Via is a way in which ends talk: tcp/443, or a verb of the API.
type Via struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// Totals are sums of everything in the stretch of time, also of what was cut
// off.
type Totals struct {
	Nodes       int   `json:"nodes"`
	Edges       int   `json:"edges"`
	Connections int64 `json:"connections"`
	Bytes       int64 `json:"bytes"`
	Requests    int64 `json:"requests"`
	Refused     int64 `json:"refused"`
	New         int   `json:"new"`
	Found       int   `json:"found"`
}

// Cut is what the map leaves out for being too much: the edges with the
// least in them.
type Cut struct {
	Nodes       int   `json:"nodes"`
	Edges       int   `json:"edges"`
	Connections int64 `json:"connections"`
	Bytes       int64 `json:"bytes"`
	Requests    int64 `json:"requests"`
	// Partial says that the store had more kinds of flows or requests than are
	// read: then what is missing is not known.
	Partial bool `json:"partial"`
}
