package webhook

import "sync/atomic"

// Counts are how requests ended.
type Counts struct {
	Accepted     int64 // 200: all of their events are durable
	Unauthorized int64 // 401
	Malformed    int64 // 400: no batch at all
	TooLarge     int64 // 413
	Unsupported  int64 // 405, 415: another method, an unknown encoding
	Unavailable  int64 // 503: the sink took no more, or too many came at once
	Aborted      int64 // the client went away, or was too slow
	Bytes        int64 // of bodies as they came
}

// counters are Counts that change.
type counters struct {
	accepted, unauthorized, malformed, tooLarge, unsupported, unavailable, aborted, bytes atomic.Int64
}

// Counts returns how requests ended since the Handler was made.
func (h *Handler) Counts() Counts {
	c := &h.counters
	return Counts{
		Accepted: c.accepted.Load(), Unauthorized: c.unauthorized.Load(), Malformed: c.malformed.Load(), TooLarge: c.tooLarge.Load(),
		Unsupported: c.unsupported.Load(), Unavailable: c.unavailable.Load(), Aborted: c.aborted.Load(), Bytes: c.bytes.Load(),
	}
}
