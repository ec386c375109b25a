package gate

import (
	"crypto/subtle"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/lynceus-io/lynceus/bus/peer"
)

// doorkeeper lets peers in, and the hub's own connection.
type doorkeeper struct{ gate *Gate }

// Check implements server.Authentication.
func (d doorkeeper) Check(c server.ClientAuthentication) bool {
	g := d.gate
	if c.Kind() != server.CLIENT {
		return false
	}
	state := c.GetTLSConnectionState()
	if state == nil { // in this process: from elsewhere nobody comes this far without TLS
		return subtle.ConstantTimeCompare([]byte(c.GetOpts().Token), []byte(g.secret)) == 1
	}
	name, err := g.o.Authority.Peer(state)
	if err == nil {
		err = g.o.Allowed(name)
	}
	if err != nil {
		g.counts.refused.Add(1)
		g.complaints.warn("a peer is not let in", "peer", name.String(), "address", c.RemoteAddress(), "error", err)
		return false
	}
	c.RegisterUser(&server.User{
		Username: name.Key(),
		Permissions: &server.Permissions{
			Publish: &server.SubjectPermission{Allow: name.MayPublish()}, Subscribe: &server.SubjectPermission{Allow: name.MaySubscribe()},
		},
		// The server ends the connection when the certificate does.
		ConnectionDeadline: time.Now().Add(state.PeerCertificates[0].NotAfter.Sub(g.o.Now())),
	})
	g.enter(name, c.GetID(), c.RemoteAddress().String())
	return true
}

// refusedCertificate counts a client that showed none of a peer.
func (g *Gate) refusedCertificate(err error) {
	g.counts.refused.Add(1)
	g.complaints.warn("a client's certificate is refused", "error", err)
}

// enter notes that a peer is connected. An older connection of the same peer is
// ended: it is one that broke without a sign, or somebody else who has the key.
func (g *Gate) enter(name peer.Name, id uint64, address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.peers[name.Key()]
	if p == nil {
		p = &remote{inbox: name.Inbox() + ".", lanes: map[peer.Lane]*lane{}}
		g.peers[name.Key()] = p
		g.forget()
	}
	old := p.id
	p.name, p.id, p.address, p.since = name, id, address, g.o.Now()
	p.hello, p.ready = peer.Hello{}, make(chan struct{})
	p.strikes, p.cut = 0, false
	if old != 0 && g.server.GetClient(old) != nil {
		g.counts.replaced.Add(1)
		g.complaints.warn("a peer connects again while it is connected; the older connection is ended", "peer", name.String(), "address", address)
		go func() { _ = g.server.DisconnectClientByID(old) }() // an error says that it is gone already
	}
}

// forget drops peers that are gone, where there are many more than can be
// connected. The lock is held.
func (g *Gate) forget() {
	if len(g.peers) <= 2*g.o.Peers {
		return
	}
	for key, p := range g.peers {
		if p.id != 0 && g.server.GetClient(p.id) == nil && p.bytes == 0 {
			delete(g.peers, key)
		}
	}
}

// maxStrikes is how many messages of a connection may make no sense.
const maxStrikes = 100

// strike counts a message that makes no sense. Programs of ours send none: who
// sends many is cut off.
func (g *Gate) strike(p *remote, why string, err error) {
	g.counts.malformed.Add(1)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.complaints.warn(why, "peer", p.name.String(), "error", err)
	if p.strikes++; p.strikes > maxStrikes {
		g.cut(p, "it sends what makes no sense")
	}
}

// cut ends a peer's connection, and has what it sent pass by. The lock is held.
func (g *Gate) cut(p *remote, why string) {
	if p.cut {
		return
	}
	p.cut = true
	g.counts.cut.Add(1)
	g.complaints.warn("a peer is cut off", "peer", p.name.String(), "address", p.address, "why", why)
	id := p.id
	go func() { _ = g.server.DisconnectClientByID(id) }() // an error says that it is gone already
}
