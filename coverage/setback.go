package coverage

import "time"

// SetBack takes in that the clock by which accounts are kept was set back to a time: what was said of the time after it is
// of one that has not come yet. Without that a source could fall silent unnoticed until the clock is there again.
func (b *Book) SetBack(now time.Time) {
	past := span{0, now.UnixNano()}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.tracks {
		t.covered, t.absent = t.covered.within(past), t.absent.within(past)
		t.ended = min(t.ended, past.to)
		if t.state.Last.After(now) {
			t.state.Last = now
			t.covered = t.covered.add(span{past.to - 1, past.to}, b.slack(t.role)) // it was there
		}
		if t.state.Minute.After(now) {
			t.state.Minute = time.Time{} // and is counted anew
		}
	}
}
