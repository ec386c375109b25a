package agent

import (
	"context"

	"github.com/lynceus-io/lynceus/api"
)

// A Hub takes what an agent reports. Every error is temporary to the agent: it
// says it once, and tries again.
type Hub interface {
	// Hello says which cluster the agent is for and how it does, and returns
	// what the hub knows the cluster as, and the key to sign requests with. It
	// is repeated as a sign of life.
	Hello(ctx context.Context, h api.AgentHello) (api.AgentWelcome, error)
	// Known returns the objects that the hub believes to be in the cluster.
	Known(ctx context.Context, clusterUID string) ([]api.KnownObject, error)
	// Take returns when a batch (package event/wire, rows of the table
	// inventory) is durable.
	Take(ctx context.Context, clusterUID string, batch []byte) error
}
