package agent

import (
	"context"
	"time"

	"github.com/lynceus-io/lynceus/api"
)

// trialTimeout is how long the API server may take to answer a trial; signs of
// life must not wait for longer.
const trialTimeout = 5 * time.Second

// welcomed takes in what the hub says to an agent that it knows.
func (a *Agent) welcomed(w *api.AgentWelcome) {
	a.client.Sign(w.RequestKey)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.trying = w.Trials
}

// try asks the API server for something that the hub looks for in the audit
// log, if it does. The next sign of life says whether it was answered.
func (a *Agent) try(ctx context.Context) {
	a.mu.Lock()
	trying := a.trying
	a.mu.Unlock()
	if !trying {
		return
	}
	wait, cancel := context.WithTimeout(ctx, trialTimeout)
	defer cancel()
	err := a.client.Trial(wait)
	if ctx.Err() != nil {
		return
	}
	a.say("the API server does not answer what is to be seen in its audit log", err)
	if err == nil {
		a.mu.Lock()
		a.trials++
		a.mu.Unlock()
	}
}
