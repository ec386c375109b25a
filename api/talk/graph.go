package talk

import (
	"cmp"
	"slices"

	"github.com/lynceus-io/lynceus/kql/value"
)

// graph is a map while it is made. It is bounded by the rows that make it.
type graph struct {
	edges    map[edgeKey]*building
	owners   map[key]string
	only     map[key]string // the one address of a node; "" for several
	compared Compared
	partial  bool
}

type edgeKey struct {
	src, dst key
	kind     EdgeKind
}

// building is an edge while rows are added.
type building struct {
	Edge
	edgeKey
	earlier  int64
	ways     map[string]int64
	findings map[string]int64 // by id, how severe
}

func newGraph() *graph {
	return &graph{edges: map[edgeKey]*building{}, owners: map[key]string{}, only: map[key]string{}}
}

// edge returns the edge between two ends as the map shows them; nil where it
// shows none: between parts of what may not be seen, and, in a close look, of
// others.
func (g *graph) edge(r *reader, src, dst end, kind EdgeKind) *building {
	s, inFocus := r.shown(&src)
	d, also := r.shown(&dst)
	if r.ask.focus.kind != "" && !inFocus && !also || s.kind == Elsewhere && d.kind == Elsewhere {
		return nil
	}
	k := edgeKey{s, d, kind}
	e := g.edges[k]
	if e == nil {
		e = &building{Edge: Edge{Kind: kind}, edgeKey: k}
		g.edges[k] = e
	}
	g.note(s, &src)
	g.note(d, &dst)
	return e
}

// note keeps what is known of the addresses of a node.
func (g *graph) note(k key, e *end) {
	if e.owner != "" {
		g.owners[k] = e.owner
	}
	if e.part.kind != Address || k != e.key {
		return
	}
	if only, known := g.only[k]; known && only != e.part.name {
		g.only[k] = ""
	} else {
		g.only[k] = e.part.name
	}
}

// shown returns the node that stands for an end, and whether it is a part of
// what is looked at closely.
func (r *reader) shown(e *end) (k key, inFocus bool) {
	if r.hidden(e.key) {
		e.owner, e.part = "", key{}
		return key{Elsewhere, e.cluster, "", "elsewhere"}, false
	}
	if e.key != r.ask.focus {
		return e.key, false
	}
	if e.part.name == "" {
		return e.key, true
	}
	return e.part, true
}

// see widens the time of an edge.
func (e *building) see(first, last value.Value) {
	if !first.Null && (e.First.IsZero() || first.Time().Before(e.First)) {
		e.First = first.Time()
	}
	if !last.Null && last.Time().After(e.Last) {
		e.Last = last.Time()
	}
}

// mostWays is how many ports or verbs are told apart of an edge: who scans
// ports uses thousands.
const mostWays = 64

// shownWays is how many of them the map shows.
const shownWays = 4

func (e *building) way(name string, n int64) {
	if e.ways == nil {
		e.ways = map[string]int64{}
	}
	if _, known := e.ways[name]; !known && len(e.ways) >= mostWays {
		name = "others"
	}
	e.ways[name] += n
}

// weight is by what edges are kept: what was found before all, then what is
// new or refused, then how much there is of it.
func (e *building) weight() (grave int, much int64) {
	switch {
	case e.Findings > 0:
		grave = 2
	case e.New || e.Refused > 0:
		grave = 1
	}
	return grave, max(e.Opened, e.Accepted) + e.Requests
}

// shownFindings is how many findings an edge names.
const shownFindings = 3

func (e *building) close(compared Compared) {
	if e.Kind == Flow {
		e.New = compared.Flows && e.earlier == 0
	} else {
		e.New = compared.Requests && e.earlier == 0
	}
	for name, n := range e.ways {
		e.Via = append(e.Via, Via{name, n})
	}
	slices.SortFunc(e.Via, func(a, b Via) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	e.Via = e.Via[:min(len(e.Via), shownWays):min(len(e.Via), shownWays)]
	e.Findings = len(e.findings)
	for id, severity := range e.findings {
		e.FindingIDs = append(e.FindingIDs, id)
		e.worst = max(e.worst, severity)
	}
	slices.SortFunc(e.FindingIDs, func(a, b string) int {
		return cmp.Or(cmp.Compare(e.findings[b], e.findings[a]), cmp.Compare(a, b))
	})
	e.FindingIDs = e.FindingIDs[:min(len(e.FindingIDs), shownFindings):min(len(e.FindingIDs), shownFindings)]
	e.Severity = severityName(e.worst)
}

// document orders what was gathered, and cuts it off at the bounds; fresh asks
// for the latest of what is new only, beside the totals of all.
func (g *graph) document(b Bounds, fresh bool) *Map {
	m := &Map{Nodes: []Node{}, Edges: []Edge{}, Compared: g.compared}
	m.Cut.Partial = g.partial
	var list []*building
	all := map[key]bool{}
	for _, e := range g.edges {
		if e.First.IsZero() {
			continue // only in the time before
		}
		e.close(g.compared)
		all[e.src], all[e.dst] = true, true
		list = append(list, e)
	}
	slices.SortFunc(list, func(x, y *building) int {
		if c := y.First.Compare(x.First); fresh && c != 0 {
			return c
		}
		xg, xm := x.weight()
		yg, ym := y.weight()
		return cmp.Or(cmp.Compare(yg, xg), cmp.Compare(ym, xm), compareKeys(x.src, y.src), compareKeys(x.dst, y.dst), cmp.Compare(x.Kind, y.Kind))
	})
	places := map[key]int{}
	var opened, accepted, sent, taken int64
	for _, e := range list {
		connections, bytes, requests := max(e.Opened, e.Accepted), max(e.OpenedBytes, e.AcceptedBytes), e.Requests
		if e.Kind == Use {
			requests = 0 // they stand at the edge of whoever asked already
		} else {
			m.Totals.Refused += e.Refused
		}
		m.Totals.add(requests, &e.Edge)
		opened, accepted, sent, taken = opened+e.Opened, accepted+e.Accepted, sent+e.OpenedBytes, taken+e.AcceptedBytes
		if fresh && !e.New {
			continue
		}
		if len(m.Edges) >= b.Edges || !place(m, g, places, b.Nodes, e.src, e.dst) {
			m.Cut.Edges++
			m.Cut.Connections, m.Cut.Bytes, m.Cut.Requests = m.Cut.Connections+connections, m.Cut.Bytes+bytes, m.Cut.Requests+requests
			continue
		}
		e.Src, e.Dst = places[e.src], places[e.dst]
		m.Edges = append(m.Edges, e.Edge)
	}
	m.Totals.Nodes, m.Totals.Connections, m.Totals.Bytes = len(all), max(opened, accepted), max(sent, taken)
	if !fresh {
		m.Cut.Nodes = len(all) - len(m.Nodes)
	}
	return m
}

func (t *Totals) add(requests int64, e *Edge) {
	t.Edges++
	t.Requests += requests
	if e.New {
		t.New++
	}
	if e.Findings > 0 {
		t.Found++
	}
}

// place gives the ends of an edge their places among the nodes; false where
// there is no room for both.
func place(m *Map, g *graph, places map[key]int, most int, src, dst key) bool {
	need := 0
	if _, ok := places[src]; !ok {
		need++
	}
	if _, ok := places[dst]; !ok && dst != src {
		need++
	}
	if len(m.Nodes)+need > most {
		return false
	}
	for _, k := range [...]key{src, dst} {
		if _, ok := places[k]; !ok {
			places[k] = len(m.Nodes)
			m.Nodes = append(m.Nodes, Node{ID: k.id(), Kind: k.kind, Cluster: k.cluster, Namespace: k.namespace, Name: k.name, Owner: g.owners[k], Address: g.only[k]})
		}
	}
	return true
}

func compareKeys(a, b key) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.cluster, b.cluster), cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
}
