package agent

import (
	"context"
	"net/url"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
)

// Remote is a hub behind its HTTP API. It implements Hub.
type Remote struct{ client *client.Client }

// NewRemote returns the hub that a client speaks to, with the token of an
// agent.
func NewRemote(c *client.Client) *Remote { return &Remote{c} }

func clusterPath(uid, what string) string {
	return "/api/v1/clusters/" + url.PathEscape(uid) + "/" + what
}

// Hello implements Hub.
func (r *Remote) Hello(ctx context.Context, h api.AgentHello) (w api.AgentWelcome, err error) {
	return w, r.client.Do(ctx, "PUT", clusterPath(h.UID, "agent"), nil, h, &w)
}

// Known implements Hub.
func (r *Remote) Known(ctx context.Context, uid string) ([]api.KnownObject, error) {
	var out struct {
		Objects []api.KnownObject `json:"objects"`
	}
	err := r.client.Do(ctx, "GET", clusterPath(uid, "objects"), nil, nil, &out)
	return out.Objects, err
}

// Take implements Hub.
func (r *Remote) Take(ctx context.Context, uid string, batch []byte) error {
	return r.client.Do(ctx, "POST", clusterPath(uid, "intake"), nil, client.Raw{Type: api.BatchType, Data: batch}, nil)
}
