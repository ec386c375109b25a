package candidates

// tuples remembers which trees hold for the classes of all columns together.
type tuples struct {
	width   int
	entries []tupleEntry // sets of tupleWays, a power of two of them
	ids     []classID    // width for each entry
	results []int32      // fixed capacity; when it is full, all is forgotten
	turn    uint32
	gate    gate
}

const tupleWays = 4

type tupleEntry struct {
	tag  uint32 // of the hash; 0 is free
	from uint32 // of the trees in results
	n    uint32
}

// tuplePercent is the share of look-ups that must hit for the memo to pay.
const tuplePercent = 40

// newTuples makes a memo of about so many bytes for events of width columns.
func newTuples(width, bytes int) *tuples {
	entry := 12 + 2*width
	sets := 1
	for 2*sets*tupleWays*entry <= bytes/4*3 {
		sets *= 2
	}
	n := sets * tupleWays
	return &tuples{
		width: width, entries: make([]tupleEntry, n), ids: make([]classID, n*width),
		results: make([]int32, 0, max((bytes-n*entry)/4, 1)), gate: newGate(tuplePercent),
	}
}

func (t *tuples) reset() {
	clear(t.entries)
	t.results = t.results[:0]
}

// set returns the index of the first entry of a hash's set.
func (t *tuples) set(h uint64) int {
	return int(h) & (len(t.entries)/tupleWays - 1) * tupleWays
}

// find returns the trees that hold for the classes in ids; they are valid
// until the next put.
func (t *tuples) find(h uint64, ids []classID) (trees []int32, ok bool) {
	at := t.set(h)
	for i := at; i < at+tupleWays; i++ {
		e := &t.entries[i]
		if e.tag == tag(h) && t.is(i, ids) {
			return t.results[e.from : e.from+e.n], true
		}
	}
	return nil, false
}

func (t *tuples) is(i int, ids []classID) bool {
	own := t.ids[i*t.width : i*t.width+t.width]
	for j, id := range ids {
		if own[j] != id {
			return false
		}
	}
	return true
}

// put remembers the trees for classes that find does not know.
func (t *tuples) put(h uint64, ids []classID, trees []int32) {
	if len(trees) > cap(t.results)/8 {
		return
	}
	if len(t.results)+len(trees) > cap(t.results) {
		t.reset()
	}
	at := t.set(h)
	i := -1
	for j := at; j < at+tupleWays; j++ {
		if t.entries[j].tag == 0 {
			i = j
			break
		}
	}
	if i < 0 {
		i = at + int(t.turn)%tupleWays
		t.turn++
	}
	t.entries[i] = tupleEntry{tag(h), uint32(len(t.results)), uint32(len(trees))}
	copy(t.ids[i*t.width:], ids)
	t.results = append(t.results, trees...)
}
