package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/coverage"
)

// How nodes are told what to run.
const (
	// pushEvery is how often it is looked which nodes are to be told something.
	pushEvery = time.Second
	// pushLife is how long a node may take to do it: it compiles hundreds of rules.
	pushLife = time.Minute
	// pushAgain is how long a node is left alone that did not do it.
	pushAgain = 15 * time.Second
	// pushers is how many nodes are told at a time.
	pushers = 16
	// maxBehind is how long a node may run something else until that is a condition.
	maxBehind = time.Minute
)

// asker is the gate, as far as nodes are told something by it.
type asker interface {
	Peers() []gate.Peer
	Command(ctx context.Context, to peer.Name, kind string, body any, life time.Duration) (peer.Answer, error)
}

// push tells nodes what to run until they say that they do.
type push struct {
	gate    asker
	sets    *nodeSets
	cluster func(peer.Name) string // name of a peer's cluster
	now     func() time.Time
	log     *slog.Logger
	places  chan struct{}

	mu     sync.Mutex
	behind map[string]*behind // nodes that run something else, by what lacks: see part.key
	wrong  error              // why nobody can be told anything
}

// behind is a part of what a node runs that is not what it is to run.
type behind struct {
	name    peer.Name
	kind    string
	version string // that is wanted
	since   time.Time
	telling bool
	next    time.Time // when it may be told again
	why     string    // it did not, "" before it was asked
}

func newPush(to asker, sets *nodeSets, cluster func(peer.Name) string, now func() time.Time, log *slog.Logger) *push {
	return &push{gate: to, sets: sets, cluster: cluster, now: now, log: log, places: make(chan struct{}, pushers), behind: map[string]*behind{}}
}

// part is one thing that a node runs.
type part struct {
	kind       string // the command by which it is told
	have, want string // versions
	body       any
}

func (p *part) key(n peer.Name) string { return n.Key() + " " + p.kind }

// parts are what a node runs and what it is to run, of that of which something is said.
func parts(w *wanted, h *peer.Hello) (out []part) {
	if w.policies != nil {
		out = append(out, part{peer.Policy, h.Policy, w.policies.Version, w.policies})
	}
	if w.rules != nil {
		out = append(out, part{peer.Rules, h.Rules, w.rules.Version, w.rules})
	}
	return out
}

// run tells nodes until ctx ends.
func (p *push) run(ctx context.Context) error {
	var telling sync.WaitGroup
	defer telling.Wait()
	tick := time.NewTicker(pushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			p.look(func(b *behind, body any) {
				telling.Go(func() { p.tell(ctx, b, body) })
			})
		}
	}
}

// look finds out who runs something else, and has tell called with what can be told now.
func (p *push) look(tell func(*behind, any)) {
	now := p.now()
	still, known := map[string]*behind{}, map[string]*wanted{}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrong = nil
	for _, x := range p.gate.Peers() {
		if x.Name.Kind != peer.Sensor || !x.Connected {
			continue
		}
		cluster := p.cluster(x.Name)
		w := known[cluster]
		if w == nil {
			var err error
			if w, err = p.sets.of(cluster); err != nil {
				p.wrong = err
				continue
			}
			known[cluster] = w
		}
		for _, is := range parts(w, &x.Hello) {
			if is.have == is.want {
				continue
			}
			b := p.behind[is.key(x.Name)]
			if b == nil {
				b = &behind{name: x.Name, kind: is.kind, since: now}
			}
			still[is.key(x.Name)] = b
			if b.version != is.want {
				b.version, b.next, b.why = is.want, time.Time{}, ""
			}
			switch {
			case !slices.Contains(x.Hello.Takes, is.kind):
				b.why = "it does not let the hub say so: start its sensor with " + takesBy[is.kind]
			case !b.telling && !now.Before(b.next):
				b.telling = true
				tell(b, is.body)
			}
		}
	}
	p.behind = still
}

// takesBy is the flag of the sensor by which it takes a command.
var takesBy = map[string]string{peer.Policy: "--hub-policies", peer.Rules: "--hub-rules"}

// tell tells a node.
func (p *push) tell(ctx context.Context, b *behind, body any) {
	select {
	case p.places <- struct{}{}:
	case <-ctx.Done():
		return
	}
	a, err := p.gate.Command(ctx, b.name, b.kind, body, pushLife)
	<-p.places
	if err == nil && a.Error != "" {
		err = errors.New(a.Error)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	b.telling, b.next, b.why = false, p.now().Add(pushAgain), ""
	if err != nil && ctx.Err() == nil {
		b.why = err.Error()
		p.log.Warn("a node does not run what it is to run; it is told again", "peer", b.name.String(), "command", b.kind, "version", b.version, "error", err)
	}
}

// of returns since when a node runs something else than it is to, and why; nil where it does not.
func (p *push) of(n peer.Name) (since *time.Time, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, kind := range []string{peer.Policy, peer.Rules} {
		b := p.behind[(&part{kind: kind}).key(n)]
		if b == nil {
			continue
		}
		if since == nil || b.since.Before(*since) {
			at := b.since.UTC()
			since = &at
		}
		if b.why != "" && why == "" {
			why = kind + ": " + b.why
		}
	}
	return since, why
}

// conditions tell of nodes that run something else for too long.
func (p *push) conditions(now time.Time) (out []coverage.Condition) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wrong != nil {
		out = append(out, coverage.Condition{
			Code: "node-sets", About: "node sets", Level: coverage.Failure, Text: fmt.Sprintf("nodes cannot be told what to run: %v", p.wrong), Advice: "change the set: lynceus nodes set",
		})
	}
	for _, b := range p.behind {
		if now.Sub(b.since) < maxBehind {
			continue
		}
		out = append(out, coverage.Condition{
			Code: "node-outdated", About: b.name.String() + ": " + b.kind, Level: coverage.Failure, Since: b.since, Cluster: p.cluster(b.name), Node: b.name.Node,
			Text:   fmt.Sprintf("the %s does not run the %s that it is to run (%s) since %s: %s", b.name, what[b.kind], b.version, b.since.UTC().Format(time.RFC3339), cmp.Or(b.why, "it has not done so yet")),
			Advice: "lynceus nodes shows what it runs",
		})
	}
	return out
}

// what is told by a command, in words.
var what = map[string]string{peer.Policy: "policies", peer.Rules: "rules"}
