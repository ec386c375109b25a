package inventory

// life is from when to when an object existed, as far as was seen. What is
// seen in any order adds up to the same: every member is a minimum or a
// maximum of what was seen.
type life struct {
	created     int64 // by the API server, 0 for unknown
	first, last int64 // when it was seen to exist, 0 for never
	deleting    int64 // when it was first seen with a deletion timestamp
	deleted     int64 // when it was first seen to be deleted
	missed      int64 // when it was last noticed to be missing
}

// see takes note of an object's change.
func (l *life) see(o *Object) {
	earliest(&l.created, o.Created)
	switch o.Change {
	case Deleted:
		earliest(&l.deleted, o.Time)
	case Gone:
		l.missed = max(l.missed, o.Time)
		return
	default:
		earliest(&l.first, o.Time)
		l.last = max(l.last, o.Time)
	}
	if o.Deleting != 0 {
		earliest(&l.deleting, o.Time)
	}
}

// earliest lowers to, 0 meaning never, to at.
func earliest(to *int64, at int64) {
	if at != 0 && (*to == 0 || at < *to) {
		*to = at
	}
}

// born returns from when on it existed, as far as is known.
func (l *life) born() int64 {
	switch {
	case l.created != 0:
		return l.created
	case l.first != 0:
		return l.first
	}
	return l.deleted
}

// end returns from when on it does not exist, 0 while it does. What is
// missing without having been seen to go is given until it was last known to
// exist.
func (l *life) end(h *heard) int64 {
	switch {
	case l.deleted != 0:
		return l.deleted
	case l.missed > l.last:
		return max(l.last, l.born(), h.before(l.missed)) + 1
	}
	return 0
}

// during reports whether at lies between from and until, 0 meaning no end.
func during(from, at, until int64) bool { return from <= at && (until == 0 || at < until) }
