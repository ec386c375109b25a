package kube

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/inventory"
)

// maxTrouble bounds the kinds that are noted as not seen: anybody who may make
// a pod can name owners of kinds that do not exist.
const maxTrouble = 200

// Options of NewWatcher. Client, Emit and Redactor are needed.
type Options struct {
	Client *Client
	// Emit takes an object that is new, changed or gone. It is called from one
	// goroutine at a time and owns what it is given; while it waits, the
	// watches wait. Time and Change are set, Cluster and ClusterUID are not.
	Emit func(ctx context.Context, o *inventory.Object)
	// Redactor replaces secrets in documents.
	Redactor *redact.Redactor
	// Known are objects that an earlier run told of: those that are not there
	// any more are told as gone.
	Known []Known
	Log   *slog.Logger
	Now   func() time.Time
}

// Known is an object that was there once.
type Known struct {
	Group     string `json:"group,omitempty"`
	Resource  string `json:"resource"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	UID       string `json:"uid"`
}

// A Watcher follows all Resources of one cluster.
type Watcher struct {
	o       Options
	client  *Client
	follows []*follower
	owners  *owners
	seed    maphash.Seed
	listed  sync.WaitGroup

	emitting sync.Mutex
	mu       sync.Mutex
	trouble  map[string]string // by resource, why it is not seen
}

// NewWatcher returns a Watcher that waits for Run. It runs once.
func NewWatcher(o Options) (*Watcher, error) {
	if o.Client == nil || o.Emit == nil || o.Redactor == nil {
		return nil, errors.New("kube: Client, Emit and Redactor must be given")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &Watcher{o: o, client: o.Client, trouble: map[string]string{}, seed: maphash.MakeSeed()}
	w.owners = newOwners(w, Resources())
	byName := map[[2]string]*follower{}
	resources := Resources()
	for i := range resources {
		r := &resources[i]
		f := &follower{
			w: w, resource: r, converter: converter{resource: r, redactor: o.Redactor.Fork(), seed: w.seed},
			table: table{entries: map[key]entry{}}, first: true,
		}
		byName[[2]string{r.Group, r.Name}] = f
		w.follows = append(w.follows, f)
	}
	for _, k := range o.Known {
		if f := byName[[2]string{k.Group, k.Resource}]; f != nil {
			f.table.entries[key{k.Namespace, k.Name}] = entry{uid: k.UID}
		}
	}
	w.o.Known = nil
	w.listed.Add(len(w.follows))
	return w, nil
}

// Run follows everything until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	var running sync.WaitGroup
	for _, f := range w.follows {
		running.Go(func() { f.run(ctx) })
	}
	running.Go(func() { w.owners.run(ctx) })
	running.Wait()
	for _, f := range w.follows {
		f.complete()
	}
}

// WaitListed returns when every resource has been listed once, or was found
// to be unreadable, or Run returned.
func (w *Watcher) WaitListed() { w.listed.Wait() }

// Trouble returns why resources are not seen at the moment, as
// "resource: reason", in order. Empty is the usual.
func (w *Watcher) Trouble() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]string, 0, len(w.trouble))
	for _, name := range slices.Sorted(maps.Keys(w.trouble)) {
		out = append(out, name+": "+w.trouble[name])
	}
	return out
}

func (w *Watcher) emit(ctx context.Context, o *inventory.Object) {
	w.emitting.Lock()
	defer w.emitting.Unlock()
	if ctx.Err() == nil {
		w.o.Emit(ctx, o)
	}
}

// unseen notes a resource that may not be read or does not exist, and says so
// once. verbs are those that reading it takes.
func (w *Watcher) unseen(r *Resource, verbs string, err error) {
	why := "the API server does not know it"
	if apierrors.IsForbidden(err) {
		why = "the agent's account may not " + verbs + " it"
	}
	if w.note(r, why) {
		w.o.Log.Warn("a kind of objects cannot be seen; it is tried again every few minutes", "resource", r.String(), "reason", why)
	}
}

// troubled notes a resource that could not be read just now.
func (w *Watcher) troubled(r *Resource, err error) {
	if w.note(r, err.Error()) {
		w.o.Log.Warn("a kind of objects cannot be read; it is tried again", "resource", r.String(), "error", err)
	}
}

// note keeps why a resource is not seen, and reports whether that is news.
func (w *Watcher) note(r *Resource, why string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	old, known := w.trouble[r.String()]
	if !known && len(w.trouble) >= maxTrouble {
		return false
	}
	w.trouble[r.String()] = why
	return !known || old != why
}

// seen takes trouble back.
func (w *Watcher) seen(r *Resource) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.trouble, r.String())
}
