package hub

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/identity/own"
	"github.com/lynceus-io/lynceus/store/clusters"
)

// fleet is the clusters that report, and what their agents bring. It
// implements api.Agents, and agent.Hub for an agent in this process.
type fleet struct {
	book      *clusters.Book
	publisher live.Publisher
	queries   hunt.Querier
	behind    func(ctx context.Context) bool // whether rows wait to be stored
	redactor  *redact.Redactor
	secret    []byte // that keys of clusters are derived from
	now       func() time.Time
	started   time.Time

	// tried is told that a cluster's API server answered trials of its agent;
	// nil where nobody here looks for them.
	tried func(cluster string)

	mu     sync.Mutex
	agents map[string]*api.AgentStatus // by UID
	trials map[string]int64            // by UID, how many its agent told of last
}

func newFleet(book *clusters.Book, p live.Publisher, q hunt.Querier, behind func(context.Context) bool, key []byte, now func() time.Time) *fleet {
	return &fleet{book: book, publisher: p, queries: q, behind: behind, redactor: redact.New(key), secret: key, now: now, started: now(), agents: map[string]*api.AgentStatus{}, trials: map[string]int64{}}
}

// agentSource is the source of what the agent of a cluster brings.
func agentSource(cluster string) string { return "agent/" + cluster }

// Bounds of what is kept of an agent's words.
const (
	maxUnseen     = 100
	maxUnseenText = 300
)

// Clusters implements api.Agents.
func (f *fleet) Clusters() []api.Cluster {
	list := f.book.List()
	out := make([]api.Cluster, len(list))
	for i, c := range list {
		out[i] = f.status(c)
	}
	return out
}

// status is a cluster and how its agent does.
func (f *fleet) status(c clusters.Cluster) api.Cluster {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := api.Cluster{Cluster: c}
	if a := f.agents[c.UID]; a != nil {
		copied := *a
		out.Agent = &copied
	}
	return out
}

// Hello implements api.Agents.
func (f *fleet) Hello(ctx context.Context, bound string, h api.AgentHello) (api.AgentWelcome, error) {
	if bound != "" && h.Name != "" && h.Name != bound {
		return api.AgentWelcome{}, fmt.Errorf("%w: it is for %q, and the agent calls its cluster %q", api.ErrOtherCluster, bound, h.Name)
	}
	old, known := f.book.Get(h.UID)
	if bound != "" && known && old.Name != bound {
		return api.AgentWelcome{}, fmt.Errorf("%w: it is for %q, and the cluster with UID %s is %q; run lynceus clusters forget %s to let it change its name", api.ErrOtherCluster, bound, h.UID, old.Name, h.UID)
	}
	c, err := f.book.Meet(ctx, clusters.Cluster{
		UID: h.UID, Name: cmp.Or(bound, h.Name, old.Name, clusters.NameOf(h.UID)), KubernetesVersion: h.KubernetesVersion, Addresses: h.Addresses, AgentVersion: h.AgentVersion,
	}, "agent")
	if err != nil {
		return api.AgentWelcome{}, err
	}
	unseen := append([]string{}, h.Unseen[:min(len(h.Unseen), maxUnseen)]...) // never nil: it is told as a list
	for i, text := range unseen {
		unseen[i] = text[:min(len(text), maxUnseenText)]
	}
	f.heard(c.UID, func(a *api.AgentStatus) { a.Waiting, a.Coalesced, a.Unseen = h.Waiting, h.Coalesced, unseen })
	if f.tried != nil && f.newTrials(c.UID, h.Trials) {
		f.tried(c.Name)
	}
	return api.AgentWelcome{Trials: f.tried != nil, Cluster: f.status(c), RequestKey: f.requestKey(c.UID, c.Name)}, nil
}

// newTrials notes how many trials an agent told of, and reports whether there
// are new ones. A number that is lower is that of an agent that began anew.
func (f *fleet) newTrials(uid string, n int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.trials[uid]
	f.trials[uid] = n
	return n != old && n > 0
}

// requestKey is by what the requests of a cluster's own agent are known.
func (f *fleet) requestKey(clusterUID, cluster string) own.Key {
	return own.NewKey(f.secret, clusterUID, cluster)
}

// heard notes a sign of life.
func (f *fleet) heard(uid string, change func(*api.AgentStatus)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.agents[uid]
	if a == nil {
		a = &api.AgentStatus{Unseen: []string{}}
		f.agents[uid] = a
	}
	a.LastSeen = f.now().UTC()
	change(a)
}

// cluster returns the cluster with a UID, which an agent bound to a name may
// speak for.
func (f *fleet) cluster(bound, uid string) (clusters.Cluster, error) {
	c, ok := f.book.Get(uid)
	if !ok {
		return c, clusters.ErrUnknown
	}
	if bound != "" && c.Name != bound {
		return c, fmt.Errorf("%w: it is for %q, and the cluster is %q", api.ErrOtherCluster, bound, c.Name)
	}
	return c, nil
}

// Forget implements api.Agents.
func (f *fleet) Forget(ctx context.Context, uid, by string) (api.Cluster, error) {
	c, err := f.book.Forget(ctx, uid, by)
	if err != nil {
		return api.Cluster{}, err
	}
	out := f.status(c)
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.agents, uid)
	delete(f.trials, uid)
	return out, nil
}

// silence is how long the agent that is silent for longest gave no sign of
// life.
func (f *fleet) silence() time.Duration {
	longest, now := time.Duration(0), f.now()
	for _, c := range f.Clusters() {
		last := f.started
		if c.Agent != nil {
			last = c.Agent.LastSeen
		}
		longest = max(longest, now.Sub(last))
	}
	return longest
}

// problems are agents that are silent, and what others do not see.
func (f *fleet) problems() (out []coverage.Condition) {
	now := f.now()
	add := func(c api.Cluster, code, about string, level coverage.Level, since time.Time, advice, format string, args ...any) {
		out = append(out, coverage.Condition{Code: code, About: about, Level: level, Since: since, Text: fmt.Sprintf(format, args...), Advice: advice, Cluster: c.Name})
	}
	for _, c := range f.Clusters() {
		if c.Agent == nil {
			if quiet := now.Sub(f.started); quiet > api.AgentSilence {
				add(c, "agent-silent", c.Name, coverage.Failure, f.started, "see its log, or run lynceus clusters forget "+c.UID,
					"the agent of cluster %s was not heard of since this server started %s ago", c.Name, quiet.Round(time.Second))
			}
			continue
		}
		if quiet := now.Sub(c.Agent.LastSeen); quiet > api.AgentSilence {
			add(c, "agent-silent", c.Name, coverage.Failure, c.Agent.LastSeen, "see its log", "the agent of cluster %s is silent for %s: what changes in that cluster is not known", c.Name, quiet.Round(time.Second))
		}
		for _, u := range c.Agent.Unseen {
			add(c, "agent-blind", c.Name+" "+u, coverage.Warning, time.Time{}, "", "the agent of cluster %s does not see %s", c.Name, u)
		}
	}
	return out
}
