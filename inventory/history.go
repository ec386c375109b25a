package inventory

// DefaultBytes bounds a History that names no bound: about 100,000 pods, those
// that are gone included (docs/inventory.md has the measurement).
const DefaultBytes = 128 << 20

// maxClusters bounds the clusters of a History. Objects of further ones are
// counted as evicted.
const maxClusters = 4096

// HistoryOptions say how much a History remembers.
type HistoryOptions struct {
	// Bytes bounds its memory, by its own estimate; 0 means DefaultBytes.
	Bytes int64
}

// History answers questions about clusters as of a time, from the objects it
// was given. Objects may come in any order and more than once: what is known
// in the end is the same. A cluster is named by its name or its UID in every
// question, and "" is the only cluster known, if there is one.
//
// What does not fit is forgotten: first objects that are gone, the longest
// gone first; if all that is left exists and does not fit, what was not heard
// of for longest. Both are counted.
//
// A History belongs to one goroutine.
type History struct {
	limit, bytes int64
	evicted      [2]int64 // that were gone, that existed
	clusters     []*cluster
	byName       map[string]*cluster
	byUID        map[string]*cluster
	ended        endHeap
	words        words
	mirror       mirrorReader
}

// NewHistory returns an empty History.
func NewHistory(o HistoryOptions) *History {
	if o.Bytes <= 0 {
		o.Bytes = DefaultBytes
	}
	return &History{
		limit: o.Bytes, byName: map[string]*cluster{}, byUID: map[string]*cluster{},
		words: words{limit: o.Bytes / 16}, mirror: newMirrorReader(),
	}
}

// Apply takes note of an object, of which it keeps no memory. Fields that are
// zero say nothing, so that an object may be told in parts, except that one
// with UID, resourceVersion and creation time is whole: if it has no owner, it
// has none. A pod without UID is the one of that name that there was at that
// time; other objects without UID are not noted.
func (h *History) Apply(o *Object) {
	c := h.clusterOf(o)
	if c == nil {
		h.evicted[0]++
		return
	}
	if c.apply(o) {
		c.version++
		h.evict()
	}
}

func (c *cluster) apply(o *Object) (changed bool) {
	switch {
	case o.is("", kindPod):
		return c.applyPod(o)
	case o.UID == "":
		return false
	case o.is("", kindNode), o.is("", kindService), o.is("", kindEndpoints), o.is(groupDiscovery, kindEndpointSlice):
		return c.applyPlace(o)
	case mayOwn(o):
		return c.applyOwner(o)
	}
	return false
}

// Version changes whenever something that is known of a cluster does.
func (h *History) Version(cluster string) uint64 {
	if c := h.find(cluster); c != nil {
		return c.version
	}
	return 0
}

// Clusters returns the names of the clusters that are known, or their UIDs
// where they have no name, in the order in which they were first heard of.
func (h *History) Clusters() []string {
	out := make([]string, len(h.clusters))
	for i, c := range h.clusters {
		if out[i] = c.name; c.name == "" {
			out[i] = c.uid
		}
	}
	return out
}

// Bytes returns how much memory the History uses, by its own estimate.
func (h *History) Bytes() int64 { return h.bytes + h.words.bytes }

// Evicted returns how many objects were forgotten because they did not fit.
func (h *History) Evicted() int64 { return h.evicted[0] + h.evicted[1] }

// EvictedLive returns how many of them still existed: with any, the bound is
// too small for the clusters.
func (h *History) EvictedLive() int64 { return h.evicted[1] }
