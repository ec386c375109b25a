package agent

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"k8s.io/client-go/rest"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/collect/kube"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/inventory"
)

const (
	// DefaultQueue bounds what waits for the hub, in bytes: some 20,000 pods.
	DefaultQueue = 96 << 20
	// DefaultRenew is how often everything is reported as present again.
	DefaultRenew = 24 * time.Hour
	// batchBytes is about how much a batch holds before compression. It lies
	// well below what the hub takes in one request (api.DefaultLimits.Body).
	batchBytes = 256 << 10
	// beat is how often the agent gives a sign of life; the hub misses it
	// after api.AgentSilence.
	beat = 20 * time.Second
	// Waits after a failure, each twice the last.
	firstWait, lastWait = 500 * time.Millisecond, 30 * time.Second
	// sendTimeout is how long the hub may take to make a batch durable.
	sendTimeout = time.Minute
)

// Options of New. Cluster and Hub are needed.
type Options struct {
	// Cluster says how its API server is reached. Name is what it is called,
	// "" to let the hub say.
	Cluster *rest.Config
	Name    string
	Hub     Hub
	// Key is that under which secrets in documents are replaced; see
	// redact.New.
	Key []byte
	// Queue bounds what waits for the hub, in bytes; 0 means DefaultQueue.
	Queue int64
	// Renew is how often everything is reported as present again; 0 means
	// DefaultRenew.
	Renew time.Duration
	// Sensors are the service accounts, as NAMESPACE/NAME, whose pods may be
	// node sensors; nil means DefaultSensors.
	Sensors []string
	// Gate is how the hub's gate is reached; nil where the hub is in this
	// process.
	Gate *GateOptions
	// Version is the program's, for the hub.
	Version string
	Log     *slog.Logger
	Now     func() time.Time
}

// An Agent reports one cluster to one hub.
type Agent struct {
	o      Options
	client *kube.Client
	queue  *queue

	builder wire.Builder // of the sender
	event   event.Event

	mu      sync.Mutex
	uid     string // of the cluster; "" before it was reached
	watcher *kube.Watcher
	renew   func()            // ends the session, and so begins the next; nil between sessions
	trials  int64             // that the API server answered
	trying  bool              // whether the hub looks for them
	said    map[string]string // by what cannot be done, why, as it was logged
}

// New returns an agent that waits for Run.
func New(o Options) (*Agent, error) {
	if o.Cluster == nil || o.Hub == nil {
		return nil, errors.New("agent: Cluster and Hub must be given")
	}
	if o.Queue <= 0 {
		o.Queue = DefaultQueue
	}
	if o.Renew <= 0 {
		o.Renew = DefaultRenew
	}
	if o.Sensors == nil {
		o.Sensors = DefaultSensors
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	client, err := newClient(o.Cluster, o.Version)
	if err != nil {
		return nil, err
	}
	return &Agent{o: o, client: client, queue: newQueue(o.Queue), builder: wire.Builder{Limit: batchBytes}, said: map[string]string{}}, nil
}

// Client asks the cluster that the agent is for.
func (a *Agent) Client() *kube.Client { return a.client }

// Run reports until ctx ends. What fails is logged and tried again.
func (a *Agent) Run(ctx context.Context) error {
	var answering sync.WaitGroup
	if a.o.Gate != nil {
		answering.Go(func() { a.answerHub(ctx) })
	}
	for ctx.Err() == nil {
		a.session(ctx)
	}
	answering.Wait()
	return nil
}

// session reports from a first listing to the next renewal.
func (a *Agent) session(ctx context.Context) {
	var id kube.Identity
	var cluster api.Cluster
	var known []kube.Known
	a.retry(ctx, "the cluster cannot be reached", func(ctx context.Context) (err error) {
		id, err = a.client.Identify(ctx)
		return err
	})
	a.mu.Lock()
	a.uid = id.UID
	a.mu.Unlock()
	a.retry(ctx, "the hub does not know this agent yet", func(ctx context.Context) (err error) {
		welcome, err := a.o.Hub.Hello(ctx, a.hello(id))
		if err == nil {
			cluster = welcome.Cluster
			a.welcomed(&welcome)
		}
		return err
	})
	a.retry(ctx, "the hub does not say what it knows", func(ctx context.Context) error {
		list, err := a.o.Hub.Known(ctx, id.UID)
		known = known[:0]
		for _, k := range list {
			known = append(known, kube.Known(k))
		}
		return err
	})
	if ctx.Err() != nil {
		return
	}
	watcher, err := kube.NewWatcher(kube.Options{
		Client: a.client, Redactor: redact.New(a.o.Key), Known: known, Log: a.o.Log, Now: a.o.Now,
		Emit: func(ctx context.Context, o *inventory.Object) {
			o.Cluster, o.ClusterUID = cluster.Name, cluster.UID
			a.queue.put(ctx, o)
		},
	})
	if err != nil {
		a.say("the cluster cannot be watched", err)
		sleep(ctx, lastWait)
		return
	}
	a.o.Log.Info("reports a cluster", "cluster", cluster.Name, "uid", cluster.UID, "version", id.Version, "known", len(known))
	a.setWatcher(watcher)
	defer a.setWatcher(nil)

	watching, stop := context.WithTimeout(ctx, a.o.Renew)
	defer stop()
	a.setRenew(stop)
	defer a.setRenew(nil)
	var running sync.WaitGroup
	a.queue.begin()
	running.Go(func() {
		watcher.Run(watching)
		a.queue.end()
	})
	running.Go(func() { a.live(watching, id) })
	for {
		objects := a.queue.take(ctx, batchBytes)
		if objects == nil {
			break
		}
		a.deliver(ctx, id.UID, objects)
	}
	stop()
	running.Wait()
}

func (a *Agent) setRenew(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.renew = f
}

// ErrNotYet says that the cluster is being listed, or not reached yet.
var ErrNotYet = errors.New("the agent does not watch its cluster yet: everything is listed when it does")

// Relist has everything listed and reported as present again, now.
func (a *Agent) Relist() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.renew == nil {
		return ErrNotYet
	}
	a.renew()
	a.renew = nil
	return nil
}

func (a *Agent) setWatcher(w *kube.Watcher) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watcher = w
}

// hello is what the agent says of itself.
func (a *Agent) hello(id kube.Identity) api.AgentHello {
	objects, bytes, coalesced := a.queue.stats()
	h := api.AgentHello{
		Name: a.o.Name, UID: id.UID, KubernetesVersion: id.Version, Addresses: id.Addresses, AgentVersion: a.o.Version,
		Waiting: int64(objects), WaitingBytes: bytes, Coalesced: coalesced, Unseen: []string{},
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	h.Trials = a.trials
	if a.watcher != nil {
		h.Unseen = a.watcher.Trouble()
	}
	return h
}

// live gives signs of life until ctx ends.
func (a *Agent) live(ctx context.Context, id kube.Identity) {
	for {
		sleep(ctx, beat)
		if ctx.Err() != nil {
			return
		}
		a.try(ctx)
		wait, cancel := context.WithTimeout(ctx, beat)
		welcome, err := a.o.Hub.Hello(wait, a.hello(id))
		cancel()
		if err == nil {
			a.welcomed(&welcome)
		}
		if ctx.Err() == nil {
			a.say("the hub does not take signs of life", err)
		}
	}
}

// deliver brings objects to the hub, as often as it takes.
func (a *Agent) deliver(ctx context.Context, uid string, objects []*inventory.Object) {
	source := "agent/" + uid
	a.builder.Reset(source, a.o.Now().UnixNano())
	send := func() {
		if a.builder.Events() == 0 {
			return
		}
		batch := a.builder.AppendTo(nil)
		a.retry(ctx, "the hub does not take what changed in the cluster; it waits here", func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, sendTimeout)
			defer cancel()
			return a.o.Hub.Take(ctx, uid, batch)
		})
		a.builder.Reset(source, a.o.Now().UnixNano())
	}
	for _, o := range objects {
		inventory.Fill(&a.event, o, inventory.Group{})
		err := a.builder.Add(&a.event)
		if errors.Is(err, wire.ErrFull) {
			send()
			err = a.builder.Add(&a.event)
		}
		if err != nil {
			a.o.Log.Error("an object cannot be reported", "resource", o.Resource, "namespace", o.Namespace, "name", o.Name, "error", err)
		}
	}
	send()
}

// retry does something until it succeeds or ctx ends, and says what failed
// where that is news.
func (a *Agent) retry(ctx context.Context, what string, f func(context.Context) error) {
	for wait := firstWait; ctx.Err() == nil; wait = min(2*wait, lastWait) {
		err := f(ctx)
		if err == nil {
			a.say(what, nil)
			return
		}
		if ctx.Err() == nil {
			a.say(what, err)
		}
		sleep(ctx, wait/2+rand.N(wait))
	}
}

// say logs that something cannot be done, and why, where that is news, and
// once that it can be done again (nil).
func (a *Agent) say(what string, err error) {
	a.mu.Lock()
	old, failed := a.said[what]
	delete(a.said, what)
	if err != nil {
		a.said[what] = err.Error()
	}
	a.mu.Unlock()
	switch {
	case err == nil && failed:
		a.o.Log.Warn("it is over: " + what)
	case err != nil && old != err.Error():
		a.o.Log.Error(what+"; it is tried again", "error", err)
	}
}

// sleep waits, or returns when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
