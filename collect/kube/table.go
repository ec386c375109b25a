package kube

// key names an object of a resource.
type key struct{ namespace, name string }

// entry is what is kept of an object: enough to see that it changed, and that
// it is gone.
type entry struct {
	uid     string
	hash    uint64
	listing uint32 // the last listing that had it
}

// table is the objects of a resource.
type table struct {
	entries map[key]entry
	listing uint32
}

// begin begins a listing.
func (t *table) begin() { t.listing++ }

// note takes a state of an object and says what it is: new, changed, or
// neither. replaced is the object that had the name before, if it was another.
func (t *table) note(k key, uid string, hash uint64) (isNew, isChanged bool, replaced entry) {
	old, known := t.entries[k]
	t.entries[k] = entry{uid: uid, hash: hash, listing: t.listing}
	switch {
	case !known:
		return true, false, entry{}
	case old.uid != uid:
		return true, false, old
	}
	return false, old.hash != hash, entry{}
}

// missing takes out what the last listing did not have.
func (t *table) missing(each func(key, entry)) {
	for k, e := range t.entries {
		if e.listing != t.listing {
			delete(t.entries, k)
			each(k, e)
		}
	}
}
