package gate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

// Bounds that Options may change.
const (
	// defaultPeers is how many may be connected: the nodes of the largest
	// cluster that Kubernetes supports, and some.
	defaultPeers = 6000
	// defaultPeerBytes is what one peer may have on its way: a greatest batch in
	// each of three lanes, and once again, sent anew after an answer that did
	// not come in time.
	defaultPeerBytes = 6 * peer.MaxBatch
	// defaultTotalBytes is what all may have on their way.
	defaultTotalBytes = 128 << 20
)

// Options of Open. Listen, Authority and Take are needed.
type Options struct {
	// Listen is the address, HOST:PORT; port 0 takes any.
	Listen    string
	Authority *pki.Authority
	// Take makes a batch durable and returns then. Batches of one peer and lane
	// come one after the other, as they were sent; others come at the same
	// time. An error that is Refused says that the batch will never be taken;
	// Busy says when to come again; any other error is the hub's own trouble: it
	// is logged, and the peer comes again.
	Take func(ctx context.Context, from peer.Name, lane peer.Lane, b peer.Batch) error
	// Allowed says why a peer with a valid certificate is not to be let in; nil
	// lets all in.
	Allowed func(peer.Name) error
	// Renew gives a peer its next certificate, for a request in PEM. An error is
	// told to the peer. Nil renews nothing.
	Renew func(from peer.Name, request []byte) (peer.Issued, error)
	// Asked is called when a command ended, well or not; nil is not called.
	Asked func(to peer.Name, c peer.Command, a peer.Answer, err error)

	// Peers, PeerBytes and TotalBytes bound who is connected and what is on its
	// way; 0 means what the package finds sensible.
	Peers      int
	PeerBytes  int64
	TotalBytes int64

	Log *slog.Logger
	Now func() time.Time
}

// Refused is the error of a batch that will never be taken.
type Refused struct{ Reason string }

// Error implements error.
func (e *Refused) Error() string { return e.Reason }

// Busy is the error of a batch that cannot be taken now.
type Busy struct {
	After time.Duration
	Err   error
}

// Error implements error.
func (e *Busy) Error() string { return fmt.Sprintf("come again in %v: %v", e.After, e.Err) }

// Unwrap returns why.
func (e *Busy) Unwrap() error { return e.Err }

// ErrAway says that a peer is not connected.
var ErrAway = errors.New("the peer is not connected")

func (o Options) complete() (_ Options, host string, port int, err error) {
	if o.Authority == nil || o.Take == nil {
		return o, "", 0, errors.New("gate: Authority and Take must be given")
	}
	host, text, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return o, "", 0, fmt.Errorf("gate: the address to listen at is HOST:PORT: %w", err)
	}
	if port, err = strconv.Atoi(text); err != nil || port < 0 || port > 65535 {
		return o, "", 0, fmt.Errorf("gate: %q is no port", text)
	}
	if o.Allowed == nil {
		o.Allowed = func(peer.Name) error { return nil }
	}
	if o.Renew == nil {
		o.Renew = func(peer.Name, []byte) (peer.Issued, error) {
			return peer.Issued{}, errors.New("this hub renews no certificates")
		}
	}
	if o.Asked == nil {
		o.Asked = func(peer.Name, peer.Command, peer.Answer, error) {}
	}
	if o.Peers <= 0 {
		o.Peers = defaultPeers
	}
	if o.PeerBytes <= 0 {
		o.PeerBytes = defaultPeerBytes
	}
	if o.TotalBytes <= 0 {
		o.TotalBytes = defaultTotalBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o, host, port, nil
}
