package detect

// Match says that a rule of a set matches an event.
type Match struct {
	// Rule is the index of the rule in the set.
	Rule int32
	// Pending rules read contextual fields: the match holds only if the
	// rule's whole tree does once those are set.
	Pending bool
}
