package candidates

// When Retune has something to do.
const (
	// lastPlan is how many events of the sample lie between plans once the
	// number has doubled so far: about a million events.
	lastPlan = 1 << 14
	// manyPassed is how many values find no room for their class before all
	// classes are forgotten for the first time. Each time it takes four times
	// as many: where hardly two values are alike, room is no use.
	manyPassed = 1 << 13
	mostPassed = 1 << 25
)

// Retune adapts f to the events it has seen: trees are anchored in the atoms
// that were rarest, and where the room for classes is used up, all are
// forgotten to make room for those of newer events. What is found stays the
// same. It takes milliseconds for thousands of trees when there is something
// to do, ever more rarely, and returns at once otherwise. Call it between
// batches of events; trees that Find returned are not valid after it.
func (f *Finder) Retune() {
	full := false
	for _, s := range f.sorters {
		full = full || s.classes.passed >= f.patience
	}
	due := f.observed.events >= f.next
	if due {
		f.plan = newPlan(f.x.columns, f.x.formulas, f.observed.shares(f.x.guesses))
		f.observed.halve()
		f.wait = min(2*f.wait, lastPlan)
		f.next = f.observed.events + f.wait
	}
	switch {
	case full:
		f.forget()
		f.patience = min(4*f.patience, mostPassed)
	case due:
		for i, s := range f.sorters {
			s.classes.anchor(f.plan.anchors[i])
		}
	}
}

// forget empties all memos and classes, whose numbers start anew.
func (f *Finder) forget() {
	for i, s := range f.sorters {
		s.reset(f.plan.anchors[i])
	}
	f.tuples.reset()
}
