package hub

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/peer"
)

// reviewTime bounds the question whose a token of a cluster is.
const reviewTime = 10 * time.Second

// Enroll implements api.Enroller.
func (p *peers) Enroll(ctx context.Context, e api.Enrolment) (peer.Issued, peer.Name, error) {
	var name peer.Name
	var err error
	if e.KubernetesToken != "" {
		name, err = p.byKubernetes(ctx, e)
	} else {
		name, err = p.byToken(e)
	}
	if err != nil {
		return peer.Issued{}, name, err
	}
	issued, err := p.issue(name, []byte(e.PEM))
	return issued, name, err
}

// byToken is who somebody is who showed a token of this server.
func (p *peers) byToken(e api.Enrolment) (peer.Name, error) {
	t := e.Who
	n := peer.Name{Kind: peer.Agent, Proof: t.ID}
	switch {
	case e.Cluster != "" && e.Cluster != t.Cluster:
		return n, fmt.Errorf("%w: the token is for cluster %q", api.ErrProof, t.Cluster)
	case t.Role == token.Agent && e.Node != "":
		return n, fmt.Errorf("%w: the token is for an agent, which is of no node", api.ErrProof)
	case t.Role == token.Sensor:
		n.Kind, n.Node = peer.Sensor, t.Node
		if n.Node == "" {
			n.Node = e.Node
		}
		if e.Node != "" && e.Node != n.Node {
			return n, fmt.Errorf("%w: the token is for node %q", api.ErrProof, t.Node)
		}
	}
	p.ofCluster(&n, t.Cluster)
	if err := n.Valid(); err != nil {
		return n, fmt.Errorf("%w: %w", api.ErrProof, err)
	}
	return n, nil
}

// ofCluster names a peer's cluster: by its UID, where that is known.
func (p *peers) ofCluster(n *peer.Name, cluster string) {
	if n.ClusterUID = p.fleet.book.UID(cluster); n.ClusterUID == "" {
		n.Cluster = cluster
	}
}

// byKubernetes is which sensor somebody is who showed a token of a cluster.
func (p *peers) byKubernetes(ctx context.Context, e api.Enrolment) (peer.Name, error) {
	n := peer.Name{Kind: peer.Sensor, ClusterUID: p.fleet.book.UID(e.Cluster), Node: e.Node, Proof: peer.ByKubernetes}
	if n.ClusterUID == "" {
		return n, fmt.Errorf("%w: no cluster %q has an agent that reports to this hub", api.ErrProof, e.Cluster)
	}
	if err := worthReviewing(e.KubernetesToken, p.now()); err != nil {
		return n, fmt.Errorf("%w: %w", api.ErrProof, err)
	}
	ctx, cancel := context.WithTimeout(ctx, reviewTime)
	defer cancel()
	r, err := p.review(ctx, n.ClusterUID, e.Cluster, e.KubernetesToken)
	switch {
	case err != nil:
		return n, fmt.Errorf("%w: %w", api.ErrReviewer, err)
	case r.Refused != "":
		return n, fmt.Errorf("%w: cluster %s says: %s", api.ErrProof, e.Cluster, r.Refused)
	case r.Node == "":
		return n, fmt.Errorf("%w: the token is bound to no pod on a node", api.ErrProof)
	case e.Node != "" && e.Node != r.Node:
		return n, fmt.Errorf("%w: the token is that of a pod on node %q, not %q", api.ErrProof, r.Node, e.Node)
	}
	n.Node = r.Node
	return n, n.Valid()
}

// review asks the agent of a cluster: that in this process, or by the gate.
func (p *peers) review(ctx context.Context, uid, cluster, text string) (peer.TokenReviewed, error) {
	if p.local != nil && p.local.ClusterUID() == uid {
		return p.local.ReviewToken(ctx, text)
	}
	var answer peer.Answer
	err := gate.ErrAway
	// An agent that enrolled before its cluster was known is there by name.
	for _, to := range []peer.Name{{Kind: peer.Agent, ClusterUID: uid}, {Kind: peer.Agent, Cluster: cluster}} {
		if answer, err = p.gate.Command(ctx, to, peer.TokenReview, peer.ReviewToken{Token: text}, reviewTime); !errors.Is(err, gate.ErrAway) {
			break
		}
	}
	var r peer.TokenReviewed
	switch {
	case err != nil:
		return r, fmt.Errorf("the agent of cluster %s: %w", cluster, err)
	case answer.Error != "":
		return r, fmt.Errorf("the agent of cluster %s: %s", cluster, answer.Error)
	}
	if err := json.Unmarshal(answer.Body, &r); err != nil {
		return r, fmt.Errorf("the agent of cluster %s: read its answer: %w", cluster, err)
	}
	return r, nil
}

// worthReviewing says why a text is no token for Lynceus that its cluster need
// be asked about. It proves nothing: anybody can write such a text.
func worthReviewing(text string, now time.Time) error {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return errors.New("the token is none of a service account")
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return errors.New("the token is none of a service account")
	}
	var claims struct {
		Audience audience `json:"aud"`
		Expires  int64    `json:"exp"`
	}
	if err := json.Unmarshal(b, &claims); err != nil {
		return errors.New("the token is none of a service account")
	}
	switch {
	case !slices.Contains(claims.Audience, enroll.Audience):
		return fmt.Errorf("the token is not for the audience %q", enroll.Audience)
	case claims.Expires <= now.Unix():
		return errors.New("the token has expired")
	}
	return nil
}

// audience is a claim that is one text or a list of them.
type audience []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}
