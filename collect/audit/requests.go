package audit

import (
	"bytes"
	"hash/maphash"
	"slices"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
)

// Seen says what a record is to its request.
type Seen uint8

// What a record can be.
const (
	// SeenFirst is the first record of a request.
	SeenFirst Seen = iota
	// SeenAmended is a later stage of a request that was seen.
	SeenAmended
	// SeenAgain is a stage that was seen already: the same record once more.
	SeenAgain
	// SeenLate is an earlier stage than one that was seen. It says nothing new.
	SeenLate
)

// DefaultRequestsMemory is enough for the last third of a million requests: minutes
// of the largest clusters, days of an ordinary one.
const DefaultRequestsMemory = 24 << 20

// requestBytes is what a request takes in the maps of Requests, with their
// free room: 17 bytes in one, 24 in the other, at two thirds.
const requestBytes = 66

// Requests makes one request of its stages, and notices audit IDs that are
// used again. The client may choose the ID, so it alone tells nothing: a
// request is what its identity says (see Decoder), and an ID that comes again
// with another user, verb or URI was chosen to hide. API servers behind the
// aggregation layer repeat the ID of a request they are passed, with the same
// three; where it was made under impersonation they see the impersonated user.
//
// It remembers the latest requests, and those whose answer is not complete
// for longer: memory is bounded. It is for one goroutine.
type Requests struct {
	limit    int // of requests in a generation
	current  generation
	previous generation
	seed     maphash.Seed

	requests, duplicates int64
	evicted              int64 // whose answer was not complete
}

// A generation is the requests of a stretch of time.
type generation struct {
	stages map[event.UID]stages
	ids    map[uint64]asked
}

func newGeneration() generation {
	return generation{stages: map[event.UID]stages{}, ids: map[uint64]asked{}}
}

// asked is what was asked under an audit ID, as hashes.
type asked struct {
	user, actor uint32
	what        uint64 // verb and URI
}

// NewRequests returns a Requests that takes up to about memory bytes; 0 means
// DefaultRequestsMemory.
func NewRequests(memory int) *Requests {
	if memory <= 0 {
		memory = DefaultRequestsMemory
	}
	return &Requests{
		limit:    max(1, memory/2/requestBytes),
		current:  newGeneration(),
		previous: newGeneration(),
		seed:     maphash.MakeSeed(),
	}
}

// Observe says what an event, whose identity is uid, is to its request. Events
// must come in order of time. It sets the event's metadata.revision, and its
// audit.reused_id where the audit ID was used for something else before.
func (r *Requests) Observe(e *event.Event, uid event.UID) Seen {
	s := r.stages(uid)
	stage := stageOf(event.AuditStage.Get(e))
	seen := s.see(stage)
	switch seen {
	case SeenFirst:
		r.requests++
	case SeenAgain:
		r.duplicates++
		return seen
	case SeenLate:
		return seen
	}
	event.MetadataRevision.Set(e, int64(s.revision()))
	if r.reused(e) {
		event.AuditReusedID.Set(e, true)
	}
	r.remember(uid, s)
	return seen
}

// stages returns which stages of a request were seen.
func (r *Requests) stages(uid event.UID) stages {
	if s, known := r.current.stages[uid]; known {
		return s
	}
	return r.previous.stages[uid]
}

// remember notes which were.
func (r *Requests) remember(uid event.UID, s stages) {
	if _, here := r.current.stages[uid]; !here && len(r.current.stages) >= r.limit {
		r.turn()
	}
	r.current.stages[uid] = s
}

// reused reports whether the audit ID of an event was used for something else
// before, and remembers what it was used for.
func (r *Requests) reused(e *event.Event) bool {
	id := event.APIRequestUID.Get(e)
	if id == "" {
		return false
	}
	key := r.hash(event.K8sCluster.Get(e), id)
	now := asked{
		user:  uint32(r.hash("", event.AuditUserName.Get(e))),
		actor: uint32(r.hash("", event.ActorUserName.Get(e))),
		what:  r.hash(event.APIOperation.Get(e), event.HTTPRequestURLPath.Get(e)),
	}
	before, known := r.current.ids[key]
	if !known {
		before, known = r.previous.ids[key]
	}
	if known && (now.what != before.what || now.actor != before.actor && now.actor != before.user && now.user != before.user) {
		return true // what it was used for first stays
	}
	r.current.ids[key] = now
	return false
}

func (r *Requests) hash(a, b string) uint64 {
	var h maphash.Hash
	h.SetSeed(r.seed)
	h.WriteString(a)
	h.WriteByte(0)
	h.WriteString(b)
	return h.Sum64()
}

// Seed remembers a record that was observed before a restart, as a store has
// it, so that it counts as seen when it comes again. uid is its identity; of
// the event it reads audit.stage and metadata.revision, and, to know audit IDs
// that are used again, k8s.cluster, api.request.uid, audit.user.name,
// actor.user.name, api.operation and http_request.url.path. Others may be
// absent. Records must come in order of time, before the first Observe; where
// there is not room for all the latest stay. Nothing is counted.
func (r *Requests) Seed(e *event.Event, uid event.UID) {
	s := r.stages(uid) | stages(stageOf(event.AuditStage.Get(e)))
	if n, ok := event.MetadataRevision.Get(e); ok {
		s.amended(n)
	}
	r.remember(uid, s)
	r.reused(e)
}

// turn begins a new generation and forgets the one before the last, but for
// requests that still wait for their answer, if they are not too many.
func (r *Requests) turn() {
	var waiting []event.UID
	for uid, s := range r.previous.stages {
		if _, again := r.current.stages[uid]; !again && s.waits() {
			waiting = append(waiting, uid)
		}
	}
	if room := r.limit / 2; len(waiting) > room {
		slices.SortFunc(waiting, func(a, b event.UID) int { return bytes.Compare(a[:], b[:]) })
		r.evicted += int64(len(waiting) - room)
		waiting = waiting[:room]
	}
	next := newGeneration()
	for _, uid := range waiting {
		next.stages[uid] = r.previous.stages[uid]
	}
	r.previous, r.current = r.current, next
}

// Cover adds what was observed to the account of a run.
func (r *Requests) Cover(report *coverage.Report) {
	report.Requests += r.requests
	report.Duplicates += r.duplicates
	if r.evicted > 0 {
		if report.Evicted == nil {
			report.Evicted = map[string]int64{}
		}
		report.Evicted["requests"] += r.evicted
	}
}
