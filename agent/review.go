package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/collect/kube"
)

// DefaultSensors are the service accounts whose pods may be node sensors, as
// NAMESPACE/NAME.
var DefaultSensors = []string{"lynceus/lynceus-sensor"}

// ClusterUID is the UID of the agent's cluster, "" before the cluster was
// reached.
func (a *Agent) ClusterUID() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.uid
}

// ReviewToken asks the cluster whose a token is, and says which node's sensor
// somebody is who shows it. Everybody who may make pods may have a token for
// any audience: only those of the accounts in Options.Sensors prove anything.
func (a *Agent) ReviewToken(ctx context.Context, text string) (peer.TokenReviewed, error) {
	r, err := a.client.Review(ctx, text, enroll.Audience)
	switch {
	case errors.Is(err, kube.ErrToken):
		return peer.TokenReviewed{Refused: err.Error()}, nil
	case err != nil:
		return peer.TokenReviewed{}, err
	}
	out := peer.TokenReviewed{Node: r.Node, User: "system:serviceaccount:" + r.Namespace + ":" + r.ServiceAccount}
	if account := r.Namespace + "/" + r.ServiceAccount; !slices.Contains(a.o.Sensors, account) {
		out.Node, out.Refused = "", fmt.Sprintf("%s is no account of node sensors; lynceus agent --sensor-account names those that are", account)
	}
	return out, nil
}

// Do does a command of the hub, for link.Options.
func (a *Agent) Do(ctx context.Context, c peer.Command) peer.Answer {
	switch c.Kind {
	case peer.TokenReview:
		return a.doReview(ctx, &c)
	case peer.Inventory:
		if err := a.Relist(); err != nil {
			return peer.Answer{Error: err.Error()}
		}
		return peer.Answer{Body: []byte("{}")}
	}
	return peer.Answer{Error: "an agent knows no command " + c.Kind}
}

// doReview reviews the token of a command.
func (a *Agent) doReview(ctx context.Context, c *peer.Command) peer.Answer {
	var in peer.ReviewToken
	if err := json.Unmarshal(c.Body, &in); err != nil || in.Token == "" {
		return peer.Answer{Error: "the command names no token"}
	}
	r, err := a.ReviewToken(ctx, in.Token)
	if err != nil {
		return peer.Answer{Error: err.Error()}
	}
	b, err := json.Marshal(r)
	if err != nil {
		return peer.Answer{Error: err.Error()}
	}
	return peer.Answer{Body: b}
}
