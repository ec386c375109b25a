package falco

// node is a part of a condition: *group, *negation, *check or *macroRef.
type node interface {
	// pos is the offset of its first byte in the condition.
	pos() int
}

// group is "and" or "or" over two or more parts.
type group struct {
	at  int
	and bool
	x   []node
}

// negation is "not".
type negation struct {
	at int
	x  node
}

// macroRef is the name of a macro.
type macroRef struct {
	at   int
	name string
}

// check compares something of an event with literals or with something else
// of the event.
type check struct {
	at   int
	left *operand
	op   operator
	// values are the literals: one, except after the operators of lists.
	values []literal
	// right is set instead where the other side is taken from the event.
	right *operand
}

// operand is what a check looks at: a field, or a function of fields.
type operand struct {
	at int
	// field and arg are its name and what stands in brackets behind it.
	field, arg string
	hasArg     bool
	// transform is set for a function, args are what it is given.
	transform string
	args      []*operand
	// text is a literal among those, where neither field nor transform is set.
	text string
}

// literal is a value as a condition gives it.
type literal struct {
	at   int
	text string
	// bare literals stand without quotes; one that is the name of a list
	// stands for its items.
	bare bool
}

func (n *group) pos() int    { return n.at }
func (n *negation) pos() int { return n.at }
func (n *macroRef) pos() int { return n.at }
func (n *check) pos() int    { return n.at }
