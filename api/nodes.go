package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/peer"
)

// Node is a peer at the gate: a node's sensor, or a cluster's agent.
type Node struct {
	Kind    peer.Kind `json:"kind"`
	Cluster string    `json:"cluster"`
	// ClusterUID is "" where it is not known.
	ClusterUID string `json:"cluster_uid"`
	// Node is "" for an agent.
	Node      string     `json:"node"`
	Connected bool       `json:"connected"`
	Since     time.Time  `json:"since"` // when it connected last
	LastSeen  *time.Time `json:"last_seen"`
	Address   string     `json:"address"`
	Version   string     `json:"version"`
	Policy    string     `json:"policy"` // version of the policies in force
	Rules     string     `json:"rules"`  // version of the rules in force
	// Ahead is how far its clock is ahead of the server's, and AheadError by
	// how much that may be wrong, in seconds; nil before it was measured.
	Ahead      *float64 `json:"clock_ahead_seconds"`
	AheadError *float64 `json:"clock_error_seconds"`
	Batches    int64    `json:"batches"` // that became durable since the server started
	Waiting    int64    `json:"waiting"` // bytes that wait there
	Status     string   `json:"status"`  // a line about trouble
	// WantedPolicy and WantedRules are the versions that it is to run, "" where
	// nothing is said of it.
	WantedPolicy string `json:"wanted_policy"`
	WantedRules  string `json:"wanted_rules"`
	// BehindSince is since when it runs others, nil where it does not, and
	// Behind why, as far as that is known.
	BehindSince *time.Time `json:"behind_since"`
	Behind      string     `json:"behind"`
}

// NodeCommand is something to ask of a node's sensor.
type NodeCommand struct {
	Cluster string `json:"cluster"` // its name
	// Node is "" for the cluster's agent, which knows peer.Inventory alone.
	Node string `json:"node"`
	// Kind is peer.Report, peer.Policy, peer.Hash, peer.Capture or peer.Inventory.
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body,omitempty"`
}

// Errors of Nodes.Command.
var (
	// ErrNotConnected says that a peer is not there to be asked.
	ErrNotConnected = errors.New("it is not connected")
	// ErrGoverned says that a set says already what the node is to run.
	ErrGoverned = errors.New("a set says what this node runs")
)

// Nodes are the peers at the gate.
type Nodes interface {
	Nodes() []Node
	// Command returns the answer of the sensor or agent; one with an Error is no error.
	Command(ctx context.Context, c NodeCommand, by string) (peer.Answer, error)
}

// nodeCommands are the commands that people may give, and the role that each
// needs.
var nodeCommands = map[string]token.Role{peer.Report: token.Responder, peer.Hash: token.Responder, peer.Capture: token.Responder, peer.Inventory: token.Responder, peer.Policy: token.Admin}

func (c *call) nodes() error {
	if c.s.o.Nodes == nil {
		return c.json(http.StatusOK, map[string]any{"nodes": []Node{}})
	}
	return c.json(http.StatusOK, map[string]any{"nodes": nonNil(c.s.o.Nodes.Nodes())})
}

func (c *call) nodeCommand() error {
	if c.s.o.Nodes == nil {
		return missing(enroll.GateMissing)
	}
	var in NodeCommand
	if err := c.body(&in); err != nil {
		return err
	}
	c.what = in.Kind + " " + in.Cluster + "/" + in.Node
	needed, known := nodeCommands[in.Kind]
	if !known {
		return problem.New(problem.BadRequest, "%q is no command of nodes", in.Kind).Advise("give one of %s", strings.Join(slices.Sorted(maps.Keys(nodeCommands)), ", "))
	}
	if !c.who.Role.May(needed) {
		return problem.New(problem.Forbidden, "this needs the role %s, and %q has %s", needed, c.who.Name, c.who.Role)
	}
	answer, err := c.s.o.Nodes.Command(c.r.Context(), in, c.who.Name)
	switch {
	case errors.Is(err, ErrNotConnected) && in.Node == "":
		return problem.New(problem.NotFound, "the agent of cluster %q: %v", in.Cluster, err).Advise("GET /api/v1/nodes lists those that are").Because(err)
	case errors.Is(err, ErrNotConnected):
		return problem.New(problem.NotFound, "the sensor of node %q in cluster %q: %v", in.Node, in.Cluster, err).Advise("GET /api/v1/nodes lists those that are").Because(err)
	case errors.Is(err, ErrGoverned):
		return problem.New(problem.Conflict, "node %q in cluster %q: %v", in.Node, in.Cluster, err).Advise("change the set: lynceus nodes set, or PUT /api/v1/nodes/sets").Because(err)
	case err != nil:
		return problem.New(problem.Unavailable, "%v", err).Because(err)
	case answer.Error != "":
		return problem.New(problem.BadRequest, "it was not done: %s", answer.Error)
	}
	return c.json(http.StatusOK, map[string]any{"answer": answer.Body})
}
