package pods

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

const (
	// retryFirst, retryMost are how long a server that does not answer is left alone: each time twice as long, and up to
	// half as long again, so that the nodes of a cluster do not all come at once.
	retryFirst = 500 * time.Millisecond
	retryMost  = 30 * time.Second
	// watchFor is how long the server is asked to keep a watch; it ends some itself. Up to as long again is added.
	watchFor = 5 * time.Minute
)

// podsPath is where pods of all namespaces are.
const podsPath = "/api/v1/pods"

const plainJSON = "application/json"

// Watcher knows the pods of one node. Its methods may be called by several goroutines at once.
type Watcher struct {
	config Config
	client *http.Client
	server *url.URL
	node   string
	known  *known
	owners *owners

	mu      sync.Mutex
	last    error // the latest failure, nil while the watch stands
	listed  bool
	version string
	fresh   bool // the server's cache is too old to begin with
}

// New returns a watcher of the pods of a node, which is named as its Node object is. It asks nothing before Run.
func New(c Config, node string) (*Watcher, error) {
	if node == "" {
		return nil, fmt.Errorf("%w: whose pods, is not said; give the name of the node", ErrConfig)
	}
	client, server, err := c.client()
	if err != nil {
		return nil, err
	}
	w := &Watcher{config: c, client: client, server: server, node: node, known: newKnown()}
	w.owners = newOwners(w)
	return w, nil
}

// Pod returns the pod of a UID, or of the hash that the kubelet uses in place of a static pod's, as soon as it is known
// and while ctx lasts.
func (w *Watcher) Pod(ctx context.Context, uid string) (*container.Pod, error) {
	p, err := w.known.wait(ctx, uid)
	if err != nil {
		return nil, fmt.Errorf("pod %s is not known: %w", uid, err)
	}
	return p, nil
}

// Known returns the pod of a UID as Pod does, nil when it is not known now.
func (w *Watcher) Known(uid string) *container.Pod {
	p, _ := w.known.get(uid)
	return p
}

// State says how a watcher stands.
type State struct {
	// Listed says that all pods of the node were told once.
	Listed bool
	// Pods is how many are known, those deleted lately included, Bytes what they take, Refused how many there was no
	// room for.
	Pods    int
	Bytes   int64
	Refused uint64
	// Err is why pods are not watched now, nil while they are.
	Err error
}

// State returns how the watcher stands.
func (w *Watcher) State() State {
	var s State
	s.Pods, s.Bytes, s.Refused = w.known.count()
	w.mu.Lock()
	defer w.mu.Unlock()
	s.Listed, s.Err = w.listed, w.last
	return s
}

// Run watches until ctx is done. It does not end for anything else: a server that refuses may be told to allow it.
func (w *Watcher) Run(ctx context.Context) {
	var looking sync.WaitGroup
	defer looking.Wait()
	looking.Go(func() { w.owners.run(ctx) })
	defer w.client.CloseIdleConnections()
	pause := retryFirst
	for ctx.Err() == nil {
		began := time.Now()
		err := w.once(ctx)
		w.mu.Lock()
		w.last = err
		w.mu.Unlock()
		if time.Since(began) > retryMost {
			if pause = retryFirst; err == nil {
				continue
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause + rand.N(pause/2)):
		}
		pause = min(2*pause, retryMost)
	}
}

// once lists pods unless it is known from where to go on, and watches until the watch ends.
func (w *Watcher) once(ctx context.Context) error {
	if w.version == "" {
		if err := w.list(ctx); err != nil {
			return err
		}
	}
	w.mu.Lock()
	w.last = nil
	w.mu.Unlock()
	err := w.watch(ctx)
	switch {
	case codeOf(err) == http.StatusGone:
		w.version, w.fresh = "", true
	case codeOf(err) != 0, errors.Is(err, errForm), errors.Is(err, errTooLong):
		w.version = ""
	}
	return err
}

// selector returns the query that asks for the node's pods.
func (w *Watcher) selector() url.Values {
	return url.Values{"fieldSelector": {"spec.nodeName=" + w.node}}
}

// list takes in all pods of the node.
func (w *Watcher) list(ctx context.Context) error {
	q := w.selector()
	if !w.fresh {
		q.Set("resourceVersion", "0") // from the server's cache, which costs it little
	}
	present := map[string]bool{}
	for {
		body, err := w.get(ctx, podsPath, q, plainJSON)
		if err != nil {
			return err
		}
		p, err := newStream(body).list(func(o *object) { present[o.Metadata.UID] = true; w.put(o) })
		if err = errors.Join(err, body.Close()); err != nil {
			return err
		}
		if p.Continue == "" {
			if w.version = p.ResourceVersion; w.version == "" {
				return errForm
			}
			break
		}
		q.Set("continue", p.Continue)
	}
	w.fresh = false
	w.known.endOthers(present, time.Now())
	w.mu.Lock()
	w.listed = true
	w.mu.Unlock()
	return nil
}

// watch takes in what becomes of the pods, from the version that was seen last on, until the server ends the watch.
func (w *Watcher) watch(ctx context.Context) error {
	q := w.selector()
	q.Set("watch", "1")
	q.Set("resourceVersion", w.version)
	q.Set("allowWatchBookmarks", "true")
	q.Set("timeoutSeconds", strconv.Itoa(int((watchFor+rand.N(watchFor))/time.Second)))
	ctx, cancel := context.WithTimeout(ctx, 2*watchFor+answerWithin) // a server that forgets its own limit
	defer cancel()
	body, err := w.get(ctx, podsPath, q, plainJSON)
	if err != nil {
		return err
	}
	defer body.Close()
	for s := newStream(body); ; {
		var e watched
		if err := s.next(&e); err != nil {
			if errors.Is(err, io.EOF) {
				return nil // its time was over
			}
			return fmt.Errorf("watch pods: %w", err)
		}
		if err := w.take(&e); err != nil {
			return err
		}
	}
}

// take takes in one event of the watch.
func (w *Watcher) take(e *watched) error {
	if e.Type == failed {
		var s status
		if err := json.Unmarshal(e.Object, &s); err != nil {
			return fmt.Errorf("%w: %w", errForm, err)
		}
		return &statusError{s.Code, s.Message}
	}
	var o object
	if err := json.Unmarshal(e.Object, &o); err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	switch e.Type {
	case added, modified:
		w.put(&o)
	case deleted:
		w.known.end(o.Metadata.UID, time.Now())
	case bookmark:
	default:
		return fmt.Errorf("%w: event %q", errForm, e.Type)
	}
	if o.Metadata.ResourceVersion != "" {
		w.version = o.Metadata.ResourceVersion
	}
	return nil
}

// put takes in a pod, and has its owner looked up where that says more.
func (w *Watcher) put(o *object) {
	if o.Metadata.UID == "" || o.Metadata.Name == "" {
		return
	}
	p, hash := o.pod()
	w.known.put(p, hash, time.Now())
	w.owners.want(o)
}
