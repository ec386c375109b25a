package agent

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
)

// GateOptions say how an agent reaches a hub's gate, by which the hub asks it
// whose a token is. What the cluster contains goes by the API.
type GateOptions struct {
	Hub   enroll.Hub
	Token string // of this agent
}

// gatePause is how long a hub without a gate is left alone.
const gatePause = 5 * time.Minute

// answerHub answers the hub's commands until ctx ends.
func (a *Agent) answerHub(ctx context.Context) {
	o := enroll.Options{Hub: a.o.Gate.Hub, Proof: func() (enroll.Proof, error) { return enroll.Proof{Token: a.o.Gate.Token}, nil }, Log: a.o.Log, Now: a.o.Now}
	for ctx.Err() == nil {
		err := a.linked(ctx, o)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, enroll.ErrNoGate):
			a.o.Log.Info("the hub has no gate: it cannot ask this agent anything", "error", err)
		default:
			a.say("the hub's gate cannot be reached; node sensors cannot enroll with tokens of this cluster", err)
		}
		sleep(ctx, gatePause)
	}
}

// linked is connected to the gate until ctx ends.
func (a *Agent) linked(ctx context.Context, o enroll.Options) error {
	holder, err := enroll.Hold(ctx, o)
	if err != nil {
		return err
	}
	l, err := link.Dial(link.Options{
		Gate: holder.Gate(), Identity: holder.Identity, Hello: func() peer.Hello { return peer.Hello{Version: a.o.Version} }, Do: a.Do, Log: a.o.Log, Now: a.o.Now,
	})
	if err != nil {
		return err
	}
	var keeping sync.WaitGroup
	keeping.Go(func() { holder.Keep(ctx, l) })
	<-ctx.Done()
	err = l.Close()
	keeping.Wait()
	return err
}
