package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/agent"
	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/store/clusters"
	"github.com/lynceus-io/lynceus/store/state"
)

// identifyTime is how long a start waits for the cluster to say who it is.
const identifyTime = 10 * time.Second

// openClusters opens what is known of clusters, and asks the server's own who
// it is: events of followed logs belong to it.
func (u *Up) openClusters(ctx context.Context, kept *state.Store) error {
	book, err := clusters.Open(ctx, kept, u.o.Now)
	if err != nil {
		return err
	}
	u.fleet = newFleet(book, u.bus, u.queries, u.behind, u.key, u.o.Now)
	if u.o.Kubernetes == nil {
		return nil
	}
	u.agent, err = agent.New(agent.Options{
		Cluster: u.o.Kubernetes, Name: u.o.Cluster, Hub: inProcess{u.fleet}, Key: u.key, Version: u.o.Version, Log: u.o.Log, Now: u.o.Now,
	})
	if err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, identifyTime)
	defer cancel()
	id, err := u.agent.Client().Identify(wait)
	if err != nil && u.o.Cluster == "" {
		return fmt.Errorf("%w; events of followed logs belong to this cluster, so give its name with --cluster to start without it", err)
	}
	if err != nil {
		u.o.Log.Warn("the cluster cannot be reached yet; it is tried again", "cluster", u.o.Cluster, "error", err)
		return nil
	}
	c, err := u.fleet.Hello(ctx, "", api.AgentHello{
		Name: u.o.Cluster, UID: id.UID, KubernetesVersion: id.Version, Addresses: id.Addresses, AgentVersion: u.o.Version,
	})
	if err != nil {
		return fmt.Errorf("%w; give this cluster another name with --cluster, or run lynceus clusters forget UID if the other is gone", err)
	}
	u.o.Cluster = c.Name
	return nil
}

// behind reports whether the bus has events that are not stored yet.
func (u *Up) behind(ctx context.Context) bool {
	lag, err := u.lag(ctx)
	return err != nil || lag.Messages > 0
}

// Cluster is the name of the cluster whose contents the server watches itself,
// "" for none.
func (u *Up) Cluster() string {
	if u.agent == nil {
		return ""
	}
	return u.o.Cluster
}

// inProcess is the hub as its own agent sees it. It implements agent.Hub.
type inProcess struct{ fleet *fleet }

// Hello implements agent.Hub.
func (p inProcess) Hello(ctx context.Context, h api.AgentHello) (api.AgentWelcome, error) {
	return p.fleet.Hello(ctx, "", h)
}

// Known implements agent.Hub.
func (p inProcess) Known(ctx context.Context, uid string) ([]api.KnownObject, error) {
	return p.fleet.Known(ctx, "", uid)
}

// Take implements agent.Hub.
func (p inProcess) Take(ctx context.Context, uid string, batch []byte) error {
	_, err := p.fleet.Take(ctx, "", uid, batch)
	return err
}
