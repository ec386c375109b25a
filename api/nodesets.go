package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/store/nodesets"
	"github.com/lynceus-io/lynceus/store/state"
)

// NodeSet is what nodes are to run.
type NodeSet struct {
	// Cluster is "" for all clusters that have no set of their own.
	Cluster string `json:"cluster"`
	// Policies and Rules are nil where nothing is said of them.
	Policies peer.Files `json:"policies"`
	Rules    peer.Files `json:"rules"`
	Builtin  bool       `json:"builtin"` // the built-in rules are judged, too
	Reason   string     `json:"reason"`
	Author   string     `json:"author"`
	Since    time.Time  `json:"since"`
	Removed  bool       `json:"removed"`
	Revision uint64     `json:"revision"`
	// PolicyVersion and RulesVersion are by which nodes report what they run.
	PolicyVersion string `json:"policy_version"`
	RulesVersion  string `json:"rules_version"`
}

// NodeSetPut asks for a set.
type NodeSetPut struct {
	Cluster  string     `json:"cluster,omitempty"`
	Policies peer.Files `json:"policies"`
	Rules    peer.Files `json:"rules"`
	Builtin  bool       `json:"builtin,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	Revision uint64     `json:"revision"` // of the set that it replaces, 0 for none
}

// NodeSets keep what nodes are to run, and see to it that they do. Errors wrap
// those of package nodesets and store/state.
type NodeSets interface {
	List() []NodeSet
	Put(ctx context.Context, in NodeSetPut, by string) (NodeSet, error)
	Remove(ctx context.Context, cluster, by string) error
	History(ctx context.Context, cluster string) ([]NodeSet, error)
}

// sets are those of the server; there are none without a gate, since nobody is there to be told.
func (c *call) sets() (NodeSets, error) {
	if c.s.o.NodeSets == nil {
		return nil, missing("telling nodes what to run")
	}
	return c.s.o.NodeSets, nil
}

func (c *call) nodeSets() error {
	book, err := c.sets()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]any{"sets": nonNil(book.List())})
}

func (c *call) nodeSetPut() error {
	var in NodeSetPut
	if err := c.body(&in); err != nil {
		return err
	}
	book, err := c.sets()
	if err != nil {
		return err
	}
	c.what = "nodes" + clusterWords(in.Cluster)
	s, err := book.Put(c.r.Context(), in, c.who.Name)
	if err != nil {
		return setProblem(err)
	}
	c.what += ": policies " + s.PolicyVersion + ", rules " + s.RulesVersion
	return c.json(http.StatusOK, s)
}

func (c *call) nodeSetRemove() error {
	book, err := c.sets()
	if err != nil {
		return err
	}
	cluster := c.r.URL.Query().Get("cluster")
	c.what = "nodes" + clusterWords(cluster)
	if err := book.Remove(c.r.Context(), cluster, c.who.Name); err != nil {
		return setProblem(err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *call) nodeSetHistory() error {
	book, err := c.sets()
	if err != nil {
		return err
	}
	list, err := book.History(c.r.Context(), c.r.URL.Query().Get("cluster"))
	if err != nil {
		return setProblem(err)
	}
	return c.json(http.StatusOK, map[string]any{"sets": nonNil(list)})
}

func setProblem(err error) error {
	switch {
	case errors.Is(err, nodesets.ErrInvalid):
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	case errors.Is(err, state.ErrNotFound):
		return problem.New(problem.NotFound, "%v", err).Because(err)
	case errors.Is(err, state.ErrConflict):
		return problem.New(problem.Conflict, "somebody else changed what these nodes run").Advise("look at it again").Because(err)
	}
	return err
}
