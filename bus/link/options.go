package link

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrAway says that the hub cannot be reached, or did not answer in time.
	// Whether it has the batch is not known: it is to be sent again.
	ErrAway = errors.New("the hub cannot be reached")
	// ErrBusy says that the hub cannot take the batch now; the error is a
	// *BusyError.
	ErrBusy = errors.New("the hub is busy")
	// ErrRefused says that the hub will never take the batch.
	ErrRefused = errors.New("the hub refuses it")
	// ErrClosed is the answer of everything after Close.
	ErrClosed = errors.New("the link is closed")
)

// BusyError says when to come again. It is ErrBusy.
type BusyError struct{ After time.Duration }

// Error implements error.
func (e *BusyError) Error() string { return fmt.Sprintf("%v: come again in %v", ErrBusy, e.After) }

// Unwrap returns ErrBusy.
func (e *BusyError) Unwrap() error { return ErrBusy }

// Options of Dial. Gate and Identity are needed.
type Options struct {
	// Gate is the gate's address, HOST:PORT.
	Gate string
	// Identity returns who this peer is, at each connection anew, so that a
	// renewed certificate is used from then on. The name stays the same.
	Identity func() (*pki.Identity, error)
	// Hello returns what the hub is told of this peer: at each connection, and
	// every ten seconds. Sent and Offset are filled in. Nil says nothing.
	Hello func() peer.Hello
	// Do does a command, one at a time; nil knows none. It ends with ctx, which
	// ends when the command expires. An answer's ID is filled in.
	Do func(ctx context.Context, c peer.Command) peer.Answer

	Log *slog.Logger
	Now func() time.Time
}

// Times of a link.
const (
	// dialTimeout bounds one attempt to connect.
	dialTimeout = 10 * time.Second
	// answerTimeout is how long the hub may take to make a batch durable.
	answerTimeout = 30 * time.Second
	// firstWait and lastWait bound the waits between attempts, each about twice
	// the last.
	firstWait, lastWait = 250 * time.Millisecond, 15 * time.Second
	// helloEvery is how often the hub is told how this peer is; the clock is
	// measured then.
	helloEvery = 10 * time.Second
	// pingEvery and pingsMissed say when a connection that says nothing is dead.
	pingEvery   = 10 * time.Second
	pingsMissed = 2
	// maxCommands is how many commands may wait; more are answered so.
	maxCommands = 16
)

func (o Options) complete() (Options, error) {
	if o.Identity == nil {
		return o, errors.New("link: Identity must be given")
	}
	if _, _, err := net.SplitHostPort(o.Gate); err != nil {
		return o, fmt.Errorf("link: the gate's address is HOST:PORT: %w", err)
	}
	if o.Hello == nil {
		o.Hello = func() peer.Hello { return peer.Hello{} }
	}
	if o.Do == nil {
		o.Do = func(_ context.Context, c peer.Command) peer.Answer {
			return peer.Answer{Error: "this peer knows no command " + c.Kind}
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o, nil
}
