package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/identity/own"
	"github.com/lynceus-io/lynceus/store/clusters"
)

// AgentSilence is how long an agent may give no sign of life before that is a
// problem of the server's status.
const AgentSilence = time.Minute

// BatchType is the media type of a batch of package event/wire.
const BatchType = "application/vnd.lynceus.batch"

// AgentHello is what an agent says of itself and of its cluster, at its start
// and three times a minute.
type AgentHello struct {
	// Name that the cluster is to have; "" leaves it to the token.
	Name              string   `json:"name,omitempty"`
	UID               string   `json:"uid"`
	KubernetesVersion string   `json:"kubernetes_version,omitempty"`
	Addresses         []string `json:"addresses,omitempty"`
	AgentVersion      string   `json:"agent_version,omitempty"`
	// Waiting objects, in so many bytes, are not delivered yet; Coalesced
	// states were let go because newer ones of the same object waited.
	Waiting      int64 `json:"waiting"`
	WaitingBytes int64 `json:"waiting_bytes"`
	Coalesced    int64 `json:"coalesced"`
	// Unseen are kinds of objects that the agent does not see, and why.
	Unseen []string `json:"unseen"`
	// Trials is how many requests the API server answered that are to be seen
	// in its audit log (AgentWelcome.Trials), since the agent's start.
	Trials int64 `json:"trials,omitempty"`
}

// Cluster is a cluster that the server knows.
type Cluster struct {
	clusters.Cluster
	// Agent is how its agent does; nil for one that was not heard of since the
	// server started.
	Agent *AgentStatus `json:"agent"`
}

// AgentStatus is how an agent does.
type AgentStatus struct {
	LastSeen  time.Time `json:"last_seen"`
	Rows      int64     `json:"rows"` // that it brought since the server started
	Waiting   int64     `json:"waiting"`
	Coalesced int64     `json:"coalesced"`
	Unseen    []string  `json:"unseen"`
}

// outline is what somebody is told of an agent who does not see all of its
// cluster: that it lives, and nothing of how much it brought.
func (a *AgentStatus) outline() *AgentStatus {
	if a == nil {
		return nil
	}
	return &AgentStatus{LastSeen: a.LastSeen, Unseen: []string{}}
}

// AgentWelcome is what an agent is told when it says what it is.
type AgentWelcome struct {
	Cluster
	// RequestKey is the cluster's, for the audit IDs of the agent's requests.
	RequestKey own.Key `json:"request_key"`
	// Trials says that the agent is to make requests that the server looks for
	// in the audit log, and to say how many were answered.
	Trials bool `json:"trials"`
}

// KnownObject is an object that the store believes to be in a cluster.
type KnownObject struct {
	Group     string `json:"group,omitempty"`
	Resource  string `json:"resource"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	UID       string `json:"uid"`
}

// Agents takes what agents report. bound is the name of the cluster that the
// agent's token is for. Errors are those of package clusters, wire and bus.
type Agents interface {
	Clusters() []Cluster
	Hello(ctx context.Context, bound string, h AgentHello) (AgentWelcome, error)
	Known(ctx context.Context, bound, uid string) ([]KnownObject, error)
	// Take returns when the rows of a batch are durable, and how many they are.
	Take(ctx context.Context, bound, uid string, batch []byte) (rows int, err error)
	Forget(ctx context.Context, uid, by string) (Cluster, error)
}

func (c *call) agents() (Agents, error) {
	if c.s.o.Agents == nil {
		return nil, missing("the intake of agents")
	}
	return c.s.o.Agents, nil
}

func (c *call) clusters() error {
	a, err := c.agents()
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(slices.Clone(a.Clusters()), func(one Cluster) bool { return !c.seesCluster(one.Name) })
	if len(c.who.Scope.Namespaces) > 0 {
		for i := range list {
			list[i].Agent = list[i].Agent.outline()
		}
	}
	return c.json(http.StatusOK, map[string]any{"clusters": nonNil(list)})
}

func (c *call) clusterForget() error {
	a, err := c.agents()
	if err != nil {
		return err
	}
	c.what = c.r.PathValue("uid")
	gone, err := a.Forget(c.r.Context(), c.what, c.who.Name)
	if err != nil {
		return agentProblem(err)
	}
	return c.json(http.StatusOK, gone)
}

func (c *call) agentHello() error {
	a, err := c.agents()
	if err != nil {
		return err
	}
	var in AgentHello
	if err := c.body(&in); err != nil {
		return err
	}
	in.UID = c.r.PathValue("uid")
	known, err := a.Hello(c.r.Context(), c.who.Cluster, in)
	if err != nil {
		return agentProblem(err)
	}
	return c.json(http.StatusOK, known)
}

func (c *call) agentKnown() error {
	a, err := c.agents()
	if err != nil {
		return err
	}
	list, err := a.Known(c.r.Context(), c.who.Cluster, c.r.PathValue("uid"))
	if err != nil {
		return agentProblem(err)
	}
	return c.json(http.StatusOK, map[string]any{"objects": nonNil(list)})
}

func (c *call) agentTake() error {
	a, err := c.agents()
	if err != nil {
		return err
	}
	if t := c.r.Header.Get("Content-Type"); !strings.HasPrefix(t, BatchType) {
		return problem.New(problem.BadRequest, "the body is %q", t).Advise("send a batch as %s", BatchType)
	}
	batch, err := io.ReadAll(c.r.Body)
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return problem.New(problem.TooLarge, "the batch is longer than %d bytes", large.Limit).Advise("send smaller ones").Because(err)
		}
		return problem.New(problem.BadRequest, "the batch did not come to its end").Because(err)
	}
	rows, err := a.Take(c.r.Context(), c.who.Cluster, c.r.PathValue("uid"), batch)
	if err != nil {
		return agentProblem(err)
	}
	return c.json(http.StatusOK, map[string]any{"rows": rows})
}

// agentProblem tells an agent what is wrong.
func agentProblem(err error) error {
	var format *wire.FormatError
	switch {
	case errors.Is(err, clusters.ErrTaken):
		return problem.New(problem.Conflict, "%v", err).Because(err).
			Advise("give this cluster a name of its own (--cluster NAME, and a token for it), or, if the other is gone for good, run lynceus clusters forget UID")
	case errors.Is(err, ErrOtherCluster):
		return problem.New(problem.Forbidden, "%v", err).Advise("use a token that was made for this cluster: lynceus token create --role agent --cluster NAME").Because(err)
	case errors.Is(err, clusters.ErrUnknown):
		return problem.New(problem.NotFound, "%v", err).Advise("lynceus clusters lists those that are known").Because(err)
	case errors.Is(err, clusters.ErrInvalid), errors.Is(err, ErrBatch), errors.As(err, &format):
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	case errors.Is(err, bus.ErrFull):
		return problem.New(problem.LimitReached, "the store does not keep up, or the disk is full; come again").Because(err)
	}
	return err
}

// ErrOtherCluster says that an agent speaks for another cluster than its token
// is for.
var ErrOtherCluster = errors.New("the token is for another cluster")

// ErrBatch says that a batch holds what an agent may not report.
var ErrBatch = errors.New("the batch is refused")
