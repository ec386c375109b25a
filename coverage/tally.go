package coverage

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Bounds of what a Tally keeps between two calls of Take.
const (
	maxFlows = 16 << 10
	maxParts = 16 << 10
	// maxTold is how many parts it gives.
	maxTold = 1000
)

// Tally counts what the hub does with events, by source, and by pod group what sensors sent. It is safe for use by
// several goroutines.
type Tally struct {
	mu sync.Mutex
	sheet
}

// sheet is counts that are not taken yet.
type sheet struct {
	flows map[Key]*flow
	parts map[string]*part // by their ids
	last  *flow            // of the event before
}

// part is what is counted of a pod group. It owns the texts of its key.
type part struct {
	partKey
	id string
	n  int64
}

// flow is what is counted of a source.
type flow struct {
	Counts
	key        Key
	role       Role
	clusterUID string
	delay      time.Duration
}

type partKey struct {
	Key
	namespace, kind, workload string
}

func newSheet() sheet { return sheet{flows: map[Key]*flow{}, parts: map[string]*part{}} }

// NewTally returns a tally of nothing.
func NewTally() *Tally { return &Tally{sheet: newSheet()} }

// SourceOf returns which source an event came by. It shares the event's texts.
func SourceOf(e *event.Event) (Key, Role) {
	k := Key{Cluster: event.K8sCluster.Get(e), Source: event.MetadataSource.Get(e)}
	switch e.Class {
	case event.ClassAudit:
		return k, Audit
	case event.ClassInventory:
		return k, Inventory
	}
	k.Node = event.K8sNode.Get(e)
	if k.Source == SensorSource {
		return k, Sensor
	}
	return k, Other
}

// Counter counts events that are being stored, until it is known that they are. It is for one goroutine.
type Counter struct {
	tally *Tally
	now   int64
	sheet
	touched []*part // of parts, those that were counted since Begin
	id      []byte  // of the part at hand
}

// Counter returns a counter. That of a nil Tally counts for nobody.
func (t *Tally) Counter() *Counter { return &Counter{tally: t, sheet: newSheet()} }

// Begin begins to count events that are stored at a time. What was counted before and not committed is forgotten.
func (c *Counter) Begin(now time.Time) {
	c.now = now.UnixNano()
	clear(c.flows)
	// The same pod groups come again and again: what is known of them stays.
	for _, p := range c.touched {
		p.n = 0
	}
	clear(c.touched)
	if c.touched = c.touched[:0]; len(c.parts) > maxParts/2 {
		clear(c.parts)
	}
	c.last = nil
}

// Count counts an event: one that is stored, or one that had come before. Rows about health are not counted; what
// somebody else's sensor says in one that it lost is.
func (c *Counter) Count(e *event.Event, fresh bool) {
	if c.tally == nil {
		return
	}
	if e.Class == event.ClassHealth {
		if fresh && event.MetadataLogProvider.Has(e) && !event.CoverageKind.Has(e) {
			c.told(e)
		}
		return
	}
	k, role := SourceOf(e)
	f := c.flow(k, role, event.K8sClusterUID.Get(e))
	switch {
	case f == nil:
		return
	case !fresh:
		f.Repeated++
		return
	}
	f.Stored++
	f.delay = max(f.delay, time.Duration(c.now-event.Time.Get(e)))
	if role != Sensor { // sensors count what they saw themselves
		f.Seen++
	}
	if workload := event.K8sWorkload.Get(e); workload != "" && (role == Sensor || role == Other) {
		of := partKey{k, event.K8sNamespace.Get(e), event.K8sWorkloadKind.Get(e), workload}
		c.id = of.appendID(c.id[:0])
		p := c.parts[string(c.id)]
		if p == nil {
			if p = c.newPart(of.clone(), string(c.id)); p == nil {
				return
			}
		}
		if p.n == 0 {
			c.touched = append(c.touched, p)
		}
		p.n++
	}
}

// told counts what a row of somebody else's sensor says that went missing there. What was given up in its memory it had
// seen.
func (c *Counter) told(e *event.Event) {
	k, role := SourceOf(e)
	for h, f := range hopFields {
		n, ok := f.Get(e)
		if !ok || n <= 0 {
			continue
		}
		c.Lose(k, role, Hop(h), n)
		if flow := c.flow(k, role, ""); flow != nil && Hop(h) == Queue {
			flow.Seen += n
		}
	}
}

// Lose counts events of a source that went missing.
func (c *Counter) Lose(k Key, role Role, at Hop, n int64) {
	if f := c.flow(k, role, ""); f != nil {
		f.miss(at, n)
	}
}

// Commit says that what was counted since Begin is stored.
func (c *Counter) Commit() {
	if c.tally == nil {
		return
	}
	t := c.tally
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range c.flows {
		if sum := t.flow(f.key, f.role, f.clusterUID); sum != nil {
			sum.Add(&f.Counts)
			sum.delay = max(sum.delay, f.delay)
			sum.clusterUID = cmp.Or(sum.clusterUID, f.clusterUID)
		}
	}
	for _, p := range c.touched {
		sum := t.parts[p.id]
		if sum == nil {
			sum = t.newPart(p.partKey, p.id)
		}
		if sum != nil {
			sum.n += p.n
		}
	}
}

// flow returns the counts of a source, nil for one too many. It keeps no text that it is given.
func (s *sheet) flow(k Key, role Role, clusterUID string) *flow {
	if s.last != nil && s.last.key == k {
		return s.last
	}
	f := s.flows[k]
	if f == nil {
		if len(s.flows) >= maxFlows {
			return nil
		}
		k = k.Clone()
		f = &flow{key: k, role: role, clusterUID: strings.Clone(clusterUID)}
		s.flows[k] = f
	}
	s.last = f
	return f
}

// newPart returns the counts of a pod group that has none yet, nil for one too many. It keeps the texts.
func (s *sheet) newPart(k partKey, id string) *part {
	if len(s.parts) >= maxParts {
		return nil
	}
	p := &part{partKey: k, id: id}
	s.parts[id] = p
	return p
}

// appendID appends all of a key as one text, which is found faster than six: each behind its length, so that no two keys have
// the same.
func (k *partKey) appendID(dst []byte) []byte {
	for _, text := range [...]string{k.Cluster, k.Node, k.Source, k.namespace, k.kind, k.workload} {
		dst = append(binary.AppendUvarint(dst, uint64(len(text))), text...)
	}
	return dst
}

// clone returns a key that shares no text.
func (k partKey) clone() partKey {
	return partKey{k.Key.Clone(), strings.Clone(k.namespace), strings.Clone(k.kind), strings.Clone(k.workload)}
}

// Clone returns a key that shares no text.
func (k Key) Clone() Key {
	return Key{strings.Clone(k.Cluster), strings.Clone(k.Node), strings.Clone(k.Source)}
}

// Lose counts events of a source that went missing in the hub.
func (t *Tally) Lose(k Key, role Role, at Hop, n int64) {
	if n == 0 || t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.flow(k, role, ""); f != nil {
		f.miss(at, n)
	}
}

// miss counts events that went missing. What the hub had in its hands was seen; sensors count that themselves.
func (f *flow) miss(at Hop, n int64) {
	f.Lose(at, n)
	if at == Bus && f.role != Sensor {
		f.Seen += n
	}
}

// Heard notes that a source gave a sign of life.
func (t *Tally) Heard(k Key, role Role, clusterUID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flow(k, role, clusterUID)
}

// Take returns what was counted since it was called last as accounts from then to now, and the parts that are greatest,
// the most first.
func (t *Tally) Take(from, to time.Time) []Account {
	t.mu.Lock()
	flows, parts := t.flows, t.parts
	t.sheet = newSheet()
	t.mu.Unlock()
	out := make([]Account, 0, len(flows)+min(len(parts), maxTold))
	for k, f := range flows {
		out = append(out, Account{Key: k, ClusterUID: f.clusterUID, Role: f.role, Kind: Total, Reporter: HubReporter, From: from, To: to, Counts: f.Counts, Delay: f.delay})
	}
	slices.SortFunc(out, func(a, b Account) int { return compareKeys(a.Key, b.Key) })
	var most []Account
	for _, p := range parts {
		k := &p.partKey
		most = append(most, Account{
			Key: k.Key, ClusterUID: flows[k.Key].uid(), Role: Sensor, Kind: Part, Reporter: HubReporter, From: from, To: to, Counts: Counts{Stored: p.n},
			Namespace: k.namespace, WorkloadKind: k.kind, Workload: k.workload,
		})
	}
	slices.SortFunc(most, func(a, b Account) int {
		return cmp.Or(cmp.Compare(b.Stored, a.Stored), compareKeys(a.Key, b.Key), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Workload, b.Workload), cmp.Compare(a.WorkloadKind, b.WorkloadKind))
	})
	return append(out, most[:min(len(most), maxTold)]...)
}

func (f *flow) uid() string {
	if f == nil {
		return ""
	}
	return f.clusterUID
}
