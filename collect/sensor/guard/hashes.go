//go:build linux

package guard

// maxHashes is how many hashes are remembered, at some 200 bytes each.
const maxHashes = 8192

// hashes remembers the hash of each version of a file that was asked for. What was remembered first is forgotten first.
type hashes struct {
	known map[version]string
	order []version
	next  int
}

func (h *hashes) add(v version, sum string) {
	if h.known == nil {
		h.known = map[version]string{}
	}
	if _, again := h.known[v]; again {
		h.known[v] = sum
		return
	}
	h.known[v] = sum
	if len(h.order) < maxHashes {
		h.order = append(h.order, v)
		return
	}
	delete(h.known, h.order[h.next])
	h.order[h.next] = v
	h.next = (h.next + 1) % maxHashes
}
