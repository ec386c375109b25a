package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

// GateOptions say where sensors and agents of other machines come in.
type GateOptions struct {
	// Listen is the gate's address, HOST:PORT.
	Listen string
	// Advertise is where peers reach it, HOST:PORT; "" is the port of Listen at
	// whatever host they enroll.
	Advertise string
}

// pkiDir is where the authority of peers' certificates is kept, in the data
// directory.
const pkiDir = "pki"

// recheckPeers is how often it is looked whether those who are connected may
// still be: a token that was revoked ends what it let in.
const recheckPeers = 5 * time.Second

// openGate lets sensors and agents of other machines in, where that is wanted.
func (u *Up) openGate(ctx context.Context) error {
	if u.o.Gate == nil {
		return nil
	}
	authority, err := pki.Open(filepath.Join(u.o.Dir, pkiDir), u.o.Now)
	if err != nil {
		return err
	}
	tokens, err := token.Open(u.o.Dir, u.o.Now)
	if err != nil {
		return err
	}
	p := &peers{authority: authority, tokens: tokens, fleet: u.fleet, uses: u.uses, now: u.o.Now, log: u.o.Log, intake: newPeerIntake(u.bus, u.fleet, marker{u.key}, u.flight, u.writes, u.o.Now)}
	if u.agent != nil {
		p.local = u.agent
	}
	p.gate, err = gate.Open(gate.Options{
		Listen: u.o.Gate.Listen, Authority: authority, Take: p.intake.take, Allowed: p.allowed, Renew: p.renew, Asked: p.asked, Log: u.o.Log, Now: u.o.Now,
	})
	if err != nil {
		return err
	}
	u.onStop("gate", p.gate.Close)
	if p.advertise, err = advertised(u.o.Gate.Advertise, p.gate.Address()); err != nil {
		return err
	}
	p.push = newPush(p.gate, u.nodeSets, func(n peer.Name) string { return p.intake.clusterOf(n).Name }, u.o.Now, u.o.Log)
	u.peers = p
	u.run(ctx, "gate", p.watch)
	u.run(ctx, "what nodes run", p.push.run)
	return nil
}

// nodes is how many peers are connected.
func (u *Up) nodes() int {
	if u.peers == nil {
		return 0
	}
	return u.peers.connected()
}

// advertised is the address of the gate that peers are told.
func advertised(text string, at net.Addr) (string, error) {
	if text != "" {
		if _, _, err := net.SplitHostPort(text); err != nil {
			return "", fmt.Errorf("the address that peers are told is HOST:PORT: %w", err)
		}
		return text, nil
	}
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return "", errors.New("the gate has no TCP address")
	}
	if tcp.IP.IsUnspecified() {
		return fmt.Sprintf(":%d", tcp.Port), nil
	}
	return tcp.String(), nil
}

// watch ends connections of those who may not be connected any more.
func (p *peers) watch(ctx context.Context) error {
	tick := time.NewTicker(recheckPeers)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			all := p.gate.Peers()
			p.intake.offsets.Store(clocks(all))
			gone := map[string]bool{}
			for _, x := range all {
				if err := p.allowed(x.Name); err != nil && x.Connected && !errors.Is(err, errTokens) {
					gone[x.Name.Key()] = true
				}
			}
			if len(gone) > 0 {
				p.gate.Disconnect(func(n peer.Name) bool { return gone[n.Key()] })
			}
		}
	}
}

// clocks returns by how much the clocks of those who are connected are ahead, by their keys.
func clocks(list []gate.Peer) *map[string]time.Duration {
	out := make(map[string]time.Duration, len(list))
	for i := range list {
		if o := list[i].Hello.Offset; o != nil && list[i].Connected {
			out[list[i].Name.Key()] = o.Ahead
		}
	}
	return &out
}

// GateAddress is where the gate listens, "" for nowhere.
func (u *Up) GateAddress() string {
	if u.peers == nil {
		return ""
	}
	return u.peers.gate.Address().String()
}

// gateStatus is what the status says of peers.
func (u *Up) gateStatus() (out []api.SourceStatus) {
	if u.peers == nil {
		return nil
	}
	for _, x := range u.peers.intake.all() {
		out = append(out, api.SourceStatus{Name: x.name.String(), Events: x.events, Broken: x.refused, Last: timeOrNil(x.last)})
	}
	return out
}

// gateMetrics registers what /metrics shows of the gate.
func (u *Up) gateMetrics(counter, gauge func(name, help string, f func() float64)) {
	if u.peers == nil {
		return
	}
	g := u.peers.gate
	counter("lynceus_gate_batches_total", "Batches of peers that were made durable.", func() float64 { return float64(g.Counts().Batches) })
	counter("lynceus_gate_bytes_total", "Bytes of those batches, as they came.", func() float64 { return float64(g.Counts().Bytes) })
	counter("lynceus_gate_busy_total", "Batches of peers that were told to come again.", func() float64 { return float64(g.Counts().Busy) })
	counter("lynceus_gate_refused_total", "Connections without a certificate that lets in.", func() float64 { return float64(g.Counts().Refused) })
	counter("lynceus_gate_violations_total", "Attempts of peers to speak or listen as somebody else, or with messages that are too large.", func() float64 { return float64(g.Counts().Violations) })
	counter("lynceus_gate_malformed_total", "Messages of peers that cannot be read, or hold what the peer may not send.", func() float64 { return float64(g.Counts().Malformed) })
	counter("lynceus_gate_cut_total", "Peers that were cut off.", func() float64 { return float64(g.Counts().Cut) })
	counter("lynceus_gate_slow_total", "Connections that did not read what was sent to them.", func() float64 { return float64(g.Counts().Slow) })
	gauge("lynceus_gate_peers", "Peers that are connected.", func() float64 { return float64(u.peers.connected()) })
}
