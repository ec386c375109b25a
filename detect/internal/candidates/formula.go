package candidates

import (
	"slices"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/detect/internal/literals"
)

// formula is a tree without nots: each leaf says itself whether it is negated.
type formula struct {
	op   op
	kids []*formula
	// Of leaves:
	col  int32 // the column
	id   int32 // of a predicate, or of an atom of the column
	not  bool  // of predicates
	text string
}

type op uint8

const (
	opTrue op = iota
	opFalse
	opAnd
	opOr
	opPred // a predicate of one column, maybe negated
	opAtom // an atom of one column
)

var (
	always = &formula{op: opTrue}
	never  = &formula{op: opFalse}
)

// join makes an and or an or of formulas: nested ones of the same kind are
// taken apart, constants and repetitions left out.
func join(op op, kids []*formula) *formula {
	neutral, absorbing := always, never
	if op == opOr {
		neutral, absorbing = never, always
	}
	var out []*formula
	seen := map[string]bool{}
	var add func(kids []*formula) bool
	add = func(kids []*formula) bool {
		for _, k := range kids {
			switch {
			case k.op == absorbing.op:
				return false
			case k.op == neutral.op:
			case k.op == op:
				if !add(k.kids) {
					return false
				}
			case !seen[k.key()]:
				seen[k.key()] = true
				out = append(out, k)
			}
		}
		return true
	}
	if !add(kids) {
		return absorbing
	}
	switch len(out) {
	case 0:
		return neutral
	case 1:
		return out[0]
	}
	return &formula{op: op, kids: out}
}

// key is equal for formulas that differ only in the order of their parts.
func (f *formula) key() string {
	if f.text == "" {
		f.text = f.print()
	}
	return f.text
}

func (f *formula) print() string {
	switch f.op {
	case opTrue:
		return "T"
	case opFalse:
		return "F"
	case opPred, opAtom:
		sign := "+"
		if f.not {
			sign = "-"
		}
		if f.op == opAtom {
			sign = "@"
		}
		return sign + strconv.Itoa(int(f.col)) + "." + strconv.Itoa(int(f.id))
	}
	keys := make([]string, len(f.kids))
	for i, k := range f.kids {
		keys[i] = k.key()
	}
	slices.Sort(keys)
	mark := "&("
	if f.op == opOr {
		mark = "|("
	}
	return mark + strings.Join(keys, " ") + ")"
}

// holds evaluates a formula over predicates of one column, of which those in
// found hold.
func (f *formula) holds(found *literals.Found) bool {
	switch f.op {
	case opPred:
		return found.Has(f.id) != f.not
	case opAnd:
		for _, k := range f.kids {
			if !k.holds(found) {
				return false
			}
		}
		return true
	case opOr:
		for _, k := range f.kids {
			if k.holds(found) {
				return true
			}
		}
		return false
	}
	return f.op == opTrue
}
