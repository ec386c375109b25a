package gate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/lynceus-io/lynceus/bus/internal/natslog"
	"github.com/lynceus-io/lynceus/bus/peer"
)

// How a connection is held to account.
const (
	// startTimeout bounds the start of the server, which listens and no more.
	startTimeout = 10 * time.Second
	// helloTimeout is how long TLS, and then the first message, may take.
	helloTimeout = 10 * time.Second
	// writeTimeout is how long a peer may not read what is sent to it.
	writeTimeout = 10 * time.Second
	// pingEvery and pingsMissed say when a silent connection is dead.
	pingEvery   = 20 * time.Second
	pingsMissed = 2
	// maxSubscriptions is more than a link and the hub's own connection have.
	maxSubscriptions = 16
	// maxPending bounds what waits in the server for one connection, in bytes.
	// The hub's own is one: it reads all the time, and a batch is admitted by
	// its bytes when it is read.
	maxPending = 64 << 20
	// maxWaiting bounds what waits between that connection and the gate.
	maxWaiting = 64 << 20
)

// Gate is an open gate. Its methods may be called by several goroutines.
type Gate struct {
	o      Options
	secret string // by which the server knows the hub's own connection
	server *server.Server
	conn   *nats.Conn
	counts counts

	complaints complaints

	work    context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	hands   hands

	inflight atomic.Int64 // bytes of batches on their way

	mu     sync.Mutex
	peers  map[string]*remote // by key; those that were ever here
	asked  map[string]*question
	closed bool
}

// Open starts a gate. It takes batches until Close.
func Open(o Options) (*Gate, error) {
	o, host, port, err := o.complete()
	if err != nil {
		return nil, err
	}
	g := &Gate{o: o, secret: rand.Text(), hands: newHands(), peers: map[string]*remote{}, asked: map[string]*question{}}
	g.work, g.cancel = context.WithCancel(context.Background())
	if err := g.start(host, port); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

func (g *Gate) start(host string, port int) error {
	log := g.o.Log.With("component", "gate")
	g.complaints = complaints{log: log, now: g.o.Now, said: map[string]*complaint{}}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "lynceus-gate", Host: host, Port: port, NoSigs: true, NoSystemAccount: true,
		TLSConfig: g.o.Authority.ServerConfig(g.refusedCertificate), TLSHandshakeFirst: true, TLSTimeout: helloTimeout.Seconds(), AuthTimeout: 2 * helloTimeout.Seconds(),
		CustomClientAuthentication: doorkeeper{g},
		MaxConn:                    g.o.Peers + 1, MaxSubs: maxSubscriptions, MaxPayload: peer.MaxMessage, MaxControlLine: 2 << 10, MaxPending: maxPending,
		WriteDeadline: writeTimeout, PingInterval: pingEvery, MaxPingsOut: pingsMissed, MaxClosedClients: 1,
		NoSublistCache: true, // each answer goes to a subject of its own
	})
	if err != nil {
		return fmt.Errorf("gate: make the server: %w", err)
	}
	g.server = s
	s.SetLoggerV2(&serverLog{natslog.Log{To: log}, g}, false, false, false)
	s.Start()
	if !s.ReadyForConnections(startTimeout) {
		return fmt.Errorf("gate: cannot listen at %s: is the address this machine's, and the port free?", g.o.Listen)
	}
	g.conn, err = nats.Connect("", nats.InProcessServer(s), nats.Token(g.secret), nats.Name("hub"), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Warn("the hub's own connection", "error", err)
		}))
	if err != nil {
		return fmt.Errorf("gate: connect to the gate's own server: %w", err)
	}
	sub, err := g.conn.Subscribe(peer.All, g.said)
	if err != nil {
		return fmt.Errorf("gate: listen to peers: %w", err)
	}
	return errors.Join(sub.SetPendingLimits(-1, maxWaiting), g.conn.Flush())
}

// Address is where the gate listens.
func (g *Gate) Address() net.Addr { return g.server.Addr() }

// Close ends all connections, and waits until no batch is being taken. What was
// not answered the peers send again. Close may be called again.
func (g *Gate) Close() error {
	g.mu.Lock()
	closed := g.closed
	g.closed = true
	g.mu.Unlock()
	if closed {
		return nil
	}
	if g.conn != nil {
		g.conn.Close()
	}
	g.cancel()
	g.running.Wait()
	if g.server != nil {
		g.server.Shutdown()
		g.server.WaitForShutdown()
	}
	return nil
}
