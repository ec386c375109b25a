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
	parts int   // of all flows
	last  *flow // of the event before
}

// flow is what is counted of a source.
type flow struct {
	Counts
	key        Key
	role       Role
	clusterUID string
	delay      time.Duration
	parts      map[string]*part // by their ids
	listed     bool             // among what a Counter counted
}

// part is what is counted of a pod group of a source.
type part struct {
	id string // see appendPart
	n  int64
}

func newSheet() sheet { return sheet{flows: map[Key]*flow{}} }

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
	touched []touch // what was counted since Begin
	flown   []*flow // the same of sources
	id      []byte  // of the part at hand
}

// touch is a part of which something was counted.
type touch struct {
	of *flow
	*part
}

// Counter returns a counter. That of a nil Tally counts for nobody.
func (t *Tally) Counter() *Counter { return &Counter{tally: t, sheet: newSheet()} }

// Begin begins to count events that are stored at a time. What was counted before and not committed is forgotten.
func (c *Counter) Begin(now time.Time) {
	c.now = now.UnixNano()
	// The same sources and pod groups come again and again: what is known of them stays.
	for _, f := range c.flown {
		f.Counts, f.delay, f.listed = Counts{}, 0, false
	}
	for _, t := range c.touched {
		t.n = 0
	}
	clear(c.flown)
	clear(c.touched)
	c.flown, c.touched, c.last = c.flown[:0], c.touched[:0], nil
	if c.parts > maxParts/2 || len(c.flows) > maxFlows/2 {
		c.sheet = newSheet()
	}
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
	f := c.at(k, role, event.K8sClusterUID.Get(e))
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
		c.id = appendPart(c.id[:0], event.K8sNamespace.Get(e), event.K8sWorkloadKind.Get(e), workload)
		p := f.parts[string(c.id)]
		if p == nil {
			if p = c.newPart(f, string(c.id)); p == nil {
				return
			}
		}
		if p.n == 0 {
			c.touched = append(c.touched, touch{f, p})
		}
		p.n++
	}
}

// at returns the counts of a source, to be added to; nil for one too many.
func (c *Counter) at(k Key, role Role, clusterUID string) *flow {
	f := c.flow(k, role, clusterUID)
	if f != nil && !f.listed {
		f.listed = true
		c.flown = append(c.flown, f)
	}
	return f
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
		if flow := c.at(k, role, ""); flow != nil && Hop(h) == Queue {
			flow.Seen += n
		}
	}
}

// Lose counts events of a source that went missing.
func (c *Counter) Lose(k Key, role Role, at Hop, n int64) {
	if f := c.at(k, role, ""); f != nil {
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
	for _, f := range c.flown {
		if sum := t.flow(f.key, f.role, f.clusterUID); sum != nil {
			sum.Add(&f.Counts)
			sum.delay = max(sum.delay, f.delay)
			sum.clusterUID = cmp.Or(sum.clusterUID, f.clusterUID)
		}
	}
	for _, p := range c.touched {
		of := t.flow(p.of.key, p.of.role, p.of.clusterUID)
		if of == nil {
			continue
		}
		sum := of.parts[p.id]
		if sum == nil {
			sum = t.newPart(of, p.id)
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

// newPart returns the counts of a pod group that has none yet, nil for one too many. It keeps the id.
func (s *sheet) newPart(of *flow, id string) *part {
	if s.parts >= maxParts {
		return nil
	}
	if of.parts == nil {
		of.parts = map[string]*part{}
	}
	p := &part{id: id}
	of.parts[id] = p
	s.parts++
	return p
}

// appendPart appends what a pod group is called within its source as one text, which is found faster than three: two of them
// behind their lengths, so that no two groups have the same.
func appendPart(dst []byte, namespace, kind, workload string) []byte {
	dst = append(binary.AppendUvarint(dst, uint64(len(namespace))), namespace...)
	dst = append(binary.AppendUvarint(dst, uint64(len(kind))), kind...)
	return append(dst, workload...)
}

// names returns what appendPart was given.
func (p *part) names() (namespace, kind, workload string) {
	rest := p.id
	cut := func() string {
		n, size := binary.Uvarint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
		text := rest[size : size+int(n)]
		rest = rest[size+int(n):]
		return text
	}
	namespace, kind = cut(), cut()
	return namespace, kind, rest
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
	out := make([]Account, 0, len(flows)+min(parts, maxTold))
	most := make([]Account, 0, parts)
	for k, f := range flows {
		out = append(out, Account{Key: k, ClusterUID: f.clusterUID, Role: f.role, Kind: Total, Reporter: HubReporter, From: from, To: to, Counts: f.Counts, Delay: f.delay})
		for _, p := range f.parts {
			namespace, kind, workload := p.names()
			most = append(most, Account{
				Key: k, ClusterUID: f.clusterUID, Role: Sensor, Kind: Part, Reporter: HubReporter, From: from, To: to, Counts: Counts{Stored: p.n},
				Namespace: namespace, WorkloadKind: kind, Workload: workload,
			})
		}
	}
	slices.SortFunc(out, func(a, b Account) int { return compareKeys(a.Key, b.Key) })
	slices.SortFunc(most, func(a, b Account) int {
		return cmp.Or(cmp.Compare(b.Stored, a.Stored), compareKeys(a.Key, b.Key), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Workload, b.Workload), cmp.Compare(a.WorkloadKind, b.WorkloadKind))
	})
	return append(out, most[:min(len(most), maxTold)]...)
}
