package inventory

// Owner returns the owner that controls an object, zero for none, and when
// the object was created, 0 for unknown; ok is false where nothing is known of
// it. A reference without UID means the latest object of that name; namespace
// is that of the object which the reference stands in.
func (h *History) Owner(cluster string, r Reference, namespace string) (above Reference, created int64, ok bool) {
	c := h.find(cluster)
	if c == nil {
		return above, 0, false
	}
	w := c.ownerOf(r, namespace)
	if w == nil {
		return above, 0, false
	}
	return w.above, w.created, true
}
