package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

// Link is a road to one gate. Its methods may be called by several goroutines.
type Link struct {
	o    Options
	name peer.Name
	conn *nats.Conn

	lanes map[peer.Lane]*sync.Mutex // held while a batch of the lane is on its way

	ctx      context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup
	commands chan *nats.Msg
	met      chan struct{} // has one when the hub is to be told how this peer is

	mu      sync.Mutex
	offset  *peer.Offset
	samples []sample
	best    sample          // of them, once there is an offset
	current context.Context // ends with the connection; nil while there is none
	end     context.CancelFunc
	changed chan struct{} // closed at the next connection
}

// Dial returns a link that connects itself, now or as soon as that can be done,
// and again whenever the connection breaks, until Close. It fails only where
// the options do not fit or there is no identity.
func Dial(o Options) (*Link, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	id, err := o.Identity()
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	l := &Link{
		o: o, name: id.Name, lanes: map[peer.Lane]*sync.Mutex{}, commands: make(chan *nats.Msg, maxCommands), met: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	for _, lane := range peer.Lanes() {
		l.lanes[lane] = &sync.Mutex{}
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	if l.conn, err = nats.Connect("tls://"+o.Gate, l.options()...); err != nil {
		l.cancel()
		return nil, fmt.Errorf("link: %w", err)
	}
	if _, err := l.conn.Subscribe(id.Name.CommandSubject(), l.command); err != nil {
		return nil, errors.Join(fmt.Errorf("link: listen to commands: %w", err), l.Close())
	}
	l.running.Go(l.obey)
	l.running.Go(l.tell) // which says to the gate that commands are listened to
	return l, nil
}

func (l *Link) options() []nats.Option {
	return []nats.Option{
		nats.Name(l.name.String()), nats.Secure(l.tls()), nats.TLSHandshakeFirst(), nats.Timeout(dialTimeout),
		nats.CustomInboxPrefix(l.name.Inbox()), nats.NoCallbacksAfterClientClose(),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(), nats.ReconnectBufSize(-1), nats.IgnoreDiscoveredServers(),
		nats.CustomReconnectDelay(delay), nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsMissed),
		nats.ConnectHandler(l.connected), nats.ReconnectHandler(l.connected),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			l.setUp(false)
			if l.ctx.Err() == nil {
				l.o.Log.Warn("the connection to the hub is lost; trying again", "error", err)
			}
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { l.o.Log.Debug("the hub cannot be reached", "error", err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { l.o.Log.Warn("the link to the hub", "error", err) }),
	}
}

// delay is how long to wait before an attempt: about twice as long as before
// the last one.
func delay(attempts int) time.Duration {
	d := min(firstWait<<min(attempts, 10), lastWait)
	return d/2 + rand.N(d)
}

// tls returns how a connection is made. The certificates are asked for each
// time.
func (l *Link) tls() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		ServerName: pki.GateName,
		Time:       l.o.Now,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			id, err := l.identity()
			if err != nil {
				return nil, err
			}
			return id.Certificate, nil
		},
		// VerifyConnection judges the chain, by the authorities of the moment.
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			id, err := l.identity()
			if err != nil {
				return err
			}
			return id.VerifyGate(&s, l.o.Now())
		},
	}
}

func (l *Link) identity() (*pki.Identity, error) {
	id, err := l.o.Identity()
	if err != nil {
		return nil, err
	}
	if id.Name.Key() != l.name.Key() {
		return nil, fmt.Errorf("the certificate is that of the %s now, and was that of the %s", id.Name, l.name)
	}
	return id, nil
}

// connected is called after each connection that was made.
func (l *Link) connected(*nats.Conn) {
	l.setUp(true)
	l.greet()
}

// greet has the hub told now how this peer is.
func (l *Link) greet() {
	select {
	case l.met <- struct{}{}:
	default:
	}
}

// setUp notes that there is a connection, or none.
func (l *Link) setUp(up bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end != nil {
		l.end()
		l.current, l.end = nil, nil
	}
	if !up {
		return
	}
	l.current, l.end = context.WithCancel(l.ctx)
	close(l.changed)
	l.changed = make(chan struct{})
}

// session ends with the connection that there is; nil where there is none.
func (l *Link) session() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current
}

// Name is who this peer is.
func (l *Link) Name() peer.Name { return l.name }

// Connected reports whether there is a connection.
func (l *Link) Connected() bool { return l.session() != nil }

// Wait returns when there is a connection, or when ctx ends.
func (l *Link) Wait(ctx context.Context) error {
	l.mu.Lock()
	current, changed := l.current, l.changed
	l.mu.Unlock()
	if current != nil {
		return nil
	}
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-l.ctx.Done():
		return fmt.Errorf("link: %w", ErrClosed)
	}
}

// Close ends the connection. What is on its way answers ErrClosed or ErrAway.
// Close may be called again.
func (l *Link) Close() error {
	l.cancel()
	if l.conn != nil {
		l.conn.Close()
	}
	l.running.Wait()
	return nil
}
