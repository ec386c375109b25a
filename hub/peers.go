package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
	"github.com/lynceus-io/lynceus/hub/live"
)

// peers are those who come in by the gate: who may, and what is asked of them.
// It implements api.Enroller and api.Nodes.
type peers struct {
	authority *pki.Authority
	tokens    *token.Store
	fleet     *fleet
	gate      *gate.Gate
	intake    *peerIntake
	push      *push
	local     reviewer // the agent in this process; nil for none
	uses      *live.Uses
	advertise string
	now       func() time.Time
	log       *slog.Logger
}

// reviewer asks a cluster whose a token is, and what it contains.
type reviewer interface {
	ClusterUID() string
	ReviewToken(ctx context.Context, text string) (peer.TokenReviewed, error)
	Relist() error
}

// errTokens says that it is not known who may come in: nobody new may, and
// those who are here stay.
var errTokens = errors.New("tokens cannot be read")

// allowed says why somebody with a certificate is not let in.
func (p *peers) allowed(n peer.Name) error {
	if n.ClusterUID != "" {
		if _, ok := p.fleet.book.Get(n.ClusterUID); !ok {
			return fmt.Errorf("cluster %s is not known any more: its agent has to report first", n.ClusterUID)
		}
	}
	if n.Proof == peer.ByKubernetes {
		return nil
	}
	t, ok, err := p.tokens.Get(n.Proof)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errTokens, err)
	case !ok:
		return fmt.Errorf("the token %q that it enrolled with was revoked", n.Proof)
	case t.Cluster != p.intake.clusterOf(n).Name || t.Node != "" && t.Node != n.Node:
		return fmt.Errorf("the token %q that it enrolled with is for another cluster or node", n.Proof)
	}
	return nil
}

// renew gives a peer its next certificate: of the same name, for as long as what
// it enrolled with holds.
func (p *peers) renew(n peer.Name, request []byte) (peer.Issued, error) {
	if n.Proof == peer.ByKubernetes {
		return peer.Issued{}, errors.New("enroll with a token of the cluster again: a certificate that was given for one is not renewed without")
	}
	if err := p.allowed(n); err != nil {
		return peer.Issued{}, err
	}
	return p.issue(n, request)
}

func (p *peers) issue(n peer.Name, request []byte) (peer.Issued, error) {
	c, err := p.authority.Issue(request, n)
	if err != nil {
		return peer.Issued{}, err
	}
	return peer.Issued{Certificate: c, Authorities: p.authority.Authorities(), Gate: p.advertise}, nil
}

// asked records a command, and how it ended.
func (p *peers) asked(to peer.Name, c peer.Command, a peer.Answer, err error) {
	use := api.Use{Time: p.now(), Who: "lynceus", Action: "command_" + c.Kind, What: to.String() + ", command " + c.ID, Outcome: "ok"}
	switch {
	case err != nil:
		use.Outcome = "no answer: " + err.Error()
	case a.Error != "":
		use.Outcome = a.Error
	}
	if err := p.uses.Record(context.Background(), use); err != nil {
		p.log.Error("a command could not be recorded", "command", c.Kind, "peer", to.String(), "outcome", use.Outcome, "error", err)
	}
}

// connected is how many peers are connected.
func (p *peers) connected() (n int) {
	for _, x := range p.gate.Peers() {
		if x.Connected {
			n++
		}
	}
	return n
}

// commandLife is how long a command of somebody may wait to be begun, and for
// its answer; one that has work to do may take hashLife.
const (
	commandLife = 10 * time.Second
	hashLife    = 30 * time.Second
)

// lifeOf is how long a command may take.
func lifeOf(kind string) time.Duration {
	if kind == peer.Hash {
		return hashLife
	}
	return commandLife
}

// Nodes implements api.Nodes.
func (p *peers) Nodes() []api.Node {
	out := []api.Node{}
	for _, x := range p.gate.Peers() {
		of := p.intake.clusterOf(x.Name)
		n := api.Node{
			Kind: x.Name.Kind, Cluster: of.Name, ClusterUID: of.UID, Node: x.Name.Node, Connected: x.Connected, Since: x.Since.UTC(), LastSeen: timeOrNil(x.Heard),
			Address: x.Address, Version: x.Hello.Version, Policy: x.Hello.Policy, Rules: x.Hello.Rules, Batches: x.Batches, Waiting: x.Hello.Waiting, Status: x.Hello.Status,
		}
		if o := x.Hello.Offset; o != nil {
			ahead, off := o.Ahead.Seconds(), o.Error.Seconds()
			n.Ahead, n.AheadError = &ahead, &off
		}
		if x.Name.Kind == peer.Sensor {
			p.told(&n, x.Name)
		}
		out = append(out, n)
	}
	return out
}

// told fills in what a node is to run.
func (p *peers) told(n *api.Node, name peer.Name) {
	n.BehindSince, n.Behind = p.push.of(name)
	w, err := p.push.sets.of(n.Cluster)
	if err != nil {
		n.Behind = err.Error()
		return
	}
	if w.policies != nil {
		n.WantedPolicy = w.policies.Version
	}
	if w.rules != nil {
		n.WantedRules = w.rules.Version
	}
}

// Command implements api.Nodes.
func (p *peers) Command(ctx context.Context, c api.NodeCommand, by string) (peer.Answer, error) {
	kind := peer.Sensor
	if c.Kind == peer.Inventory {
		kind = peer.Agent
		if p.local != nil && c.Cluster != "" && p.fleet.book.UID(c.Cluster) == p.local.ClusterUID() {
			return peer.Answer{}, p.local.Relist()
		}
	}
	for _, x := range p.gate.Peers() {
		if x.Name.Kind != kind || x.Name.Node != c.Node || p.intake.clusterOf(x.Name).Name != c.Cluster || !x.Connected {
			continue
		}
		if w, err := p.push.sets.of(c.Cluster); c.Kind == peer.Policy && (err != nil || w.policies != nil) {
			return peer.Answer{}, errors.Join(api.ErrGoverned, err)
		}
		var body any
		if len(c.Body) > 0 {
			body = c.Body
		}
		p.log.Info("a command for a peer", "command", c.Kind, "peer", x.Name.String(), "by", by)
		a, err := p.gate.Command(ctx, x.Name, c.Kind, body, lifeOf(c.Kind))
		if errors.Is(err, gate.ErrAway) {
			err = fmt.Errorf("%w: %w", api.ErrNotConnected, err)
		}
		return a, err
	}
	return peer.Answer{}, api.ErrNotConnected
}
