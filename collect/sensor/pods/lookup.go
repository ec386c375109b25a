package pods

import (
	"context"
	"net/http"
	"time"
)

const (
	// maxWanted bounds the owners that wait to be looked up; more are, when a pod of theirs is told again.
	maxWanted = 1024
	// maxOwners bounds those that are remembered.
	maxOwners = 4096
	// refusedFor is how long the API server is not asked for owners after it has refused that.
	refusedFor = 10 * time.Minute
)

// owners looks up who owns the owners of pods, each once.
type owners struct {
	w      *Watcher
	wanted chan want
	known  map[string]ownerName // by UID; of the goroutine of run
	pause  map[string]time.Time // by kind, until when it is not asked; of the same
}

type ownerName struct{ kind, name string }

// want is an owner to look up for a pod.
type want struct {
	pod  string
	ref  reference
	path string
}

func newOwners(w *Watcher) *owners {
	return &owners{w: w, wanted: make(chan want, maxWanted), known: map[string]ownerName{}, pause: map[string]time.Time{}}
}

// want asks for the owner of a pod's owner, if there may be one. It does not wait.
func (s *owners) want(o *object) {
	c := o.controller()
	if c == nil || c.UID == "" {
		return
	}
	path := c.asks(o.Metadata.Namespace)
	if path == "" {
		return
	}
	select {
	case s.wanted <- want{o.Metadata.UID, *c, path}:
	default:
	}
}

// run looks up what is wanted until ctx is done.
func (s *owners) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case q := <-s.wanted:
			if name, ok := s.look(ctx, &q); ok {
				s.w.known.owned(q.pod, name.kind, name.name)
			}
		}
	}
}

// look returns who owns the owner: the owner itself when nobody does. What cannot be found out is not, and what the pod
// tells stays.
func (s *owners) look(ctx context.Context, q *want) (ownerName, bool) {
	if name, ok := s.known[q.ref.UID]; ok {
		return name, true
	}
	if time.Now().Before(s.pause[q.ref.Kind]) {
		return ownerName{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	body, err := s.w.get(ctx, q.path, nil, metadataOnly)
	if err != nil {
		if code := codeOf(err); code == http.StatusForbidden || code == http.StatusUnauthorized {
			s.pause[q.ref.Kind] = time.Now().Add(refusedFor)
		}
		return ownerName{}, false
	}
	defer body.Close()
	var o object
	if err := newStream(body).next(&o); err != nil || o.Metadata.UID != q.ref.UID {
		return ownerName{}, false // another has its name by now
	}
	name := ownerName{q.ref.Kind, q.ref.Name}
	if c := o.controller(); c != nil {
		name = ownerName{c.Kind, c.Name}
	}
	if len(s.known) >= maxOwners {
		clear(s.known)
	}
	s.known[q.ref.UID] = name
	return name, true
}
