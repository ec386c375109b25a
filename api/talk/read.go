package talk

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Ask is what a map is to show.
type Ask struct {
	// From is inclusive, To is not.
	From, To time.Time
	// Focus is the ID of a node to look at closely: then there are only the
	// edges of its parts (the pods of a workload, the programs of a machine, the
	// addresses of a block). "" shows all.
	Focus string
	// Scope is what whoever asks may see.
	Scope scope.Scope
	// Owner says to whom an address belongs, "" where nothing is known; it may
	// be nil.
	Owner func(netip.Addr) string
	// New asks for so many of the edges that are new, the latest first, and not
	// for what was found on them; 0 asks for all edges.
	New int
	// Bounds; zero members mean DefaultBounds.
	Bounds Bounds

	focus  key
	before time.Time
}

// Bounds are what a map has at most.
type Bounds struct {
	// Rows are read of sums of flows, and as many of requests.
	Rows int64
	// Nodes and Edges of the answer.
	Nodes, Edges int
	// Findings are looked for on edges, the worst of the latest, and Events are
	// read for them.
	Findings, Events int
}

// DefaultBounds give an answer of some 2 MB at most, and take some 100 MB
// while it is made.
var DefaultBounds = Bounds{Rows: 200_000, Nodes: 3000, Edges: 6000, Findings: 1000, Events: 4000}

// Limits of the time that is compared with: as long as the map's own, but at
// least a day, as what happens daily is not new each hour, and at most a week.
const (
	leastBefore = 24 * time.Hour
	mostBefore  = 7 * 24 * time.Hour
)

// timeForm is how times are written as parameters.
const timeForm = time.RFC3339Nano

// ErrFocus says that a focus is no ID of a node.
var ErrFocus = errors.New("focus is no id of a node")

type reader struct {
	ctx context.Context
	q   hunt.Querier
	ask Ask
	g   *graph
}

// Read makes a map. q answers within Ask.Scope.
func Read(ctx context.Context, q hunt.Querier, ask Ask) (*Map, error) {
	if ask.Bounds == (Bounds{}) {
		ask.Bounds = DefaultBounds
	}
	if ask.Focus != "" {
		var ok bool
		if ask.focus, ok = parseID(ask.Focus); !ok {
			return nil, ErrFocus
		}
	}
	ask.before = ask.From.Add(-min(max(ask.To.Sub(ask.From), leastBefore), mostBefore))
	r := &reader{ctx, q, ask, newGraph()}
	parts := []func() error{r.flows, r.requests, r.found}
	if ask.New > 0 {
		parts = parts[:2]
		ask.Bounds.Edges = min(ask.Bounds.Edges, ask.New)
	}
	for _, add := range parts {
		if err := add(); err != nil {
			return nil, err
		}
	}
	m := r.g.document(ask.Bounds, ask.New > 0)
	m.From, m.To, m.Before = ask.From.UTC(), ask.To.UTC(), ask.before.UTC()
	if m.Totals.Edges == 0 {
		if err := r.latest(m); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// rows asks for sums, as many as the bounds allow.
func (r *reader) rows(query string, each func([]value.Value)) error {
	n := int64(0)
	most := r.ask.Bounds.Rows
	query = declared + query + fmt.Sprintf("\n| take %d", most+1)
	_, err := hunt.Collect(r.ctx, r.q, hunt.Request{KQL: query, Params: r.params()}, func(row []value.Value) error {
		if n++; n > most {
			r.g.partial = true
			return nil
		}
		each(row)
		return nil
	})
	return err
}

// latest says when there was anything last.
func (r *reader) latest(m *Map) error {
	_, err := hunt.Collect(r.ctx, r.q, hunt.Request{KQL: "union (network | summarize t = max(time)), (audit | summarize t = max(time)) | summarize max(t)"}, func(row []value.Value) error {
		if !row[0].Null {
			t := row[0].Time()
			m.Latest = &t
		}
		return nil
	})
	return err
}
