package candidates

import (
	"github.com/lynceus-io/lynceus/detect/internal/literals"
	"github.com/lynceus-io/lynceus/expr"
)

// values finds the predicates of a column that a value satisfies. It never
// changes.
type values struct {
	folded, cased *literals.Index // nil without literals
	uses          []use           // of each literal
	blocks        blocks
	numbers       map[int64]int32 // predicates for equality with a whole number, of number columns
	rest          []tested        // predicates that every value is held against
}

// use is what a literal that was found means.
type use struct {
	exact int32    // the predicate that holds, -1 for none
	maybe []tested // predicates that may hold
}

// tested is a predicate that is decided by its test, on values in which the
// literals of needs were found.
type tested struct {
	id    int32
	test  *expr.Test
	needs []int32
}

// text adds to found the predicates that a text satisfies; tmp is for literals.
func (v *values) text(val *expr.Value, text string, tmp, found *literals.Found) {
	if v.cased != nil {
		v.cased.Find(text, tmp)
	}
	if v.folded != nil {
		v.folded.Find(val.Folded(), tmp)
	}
	for _, literal := range tmp.IDs {
		u := &v.uses[literal]
		if u.exact >= 0 {
			found.Add(u.exact)
		}
		for i := range u.maybe {
			if t := &u.maybe[i]; hasAll(tmp, t.needs) {
				t.hold(val, found)
			}
		}
	}
	tmp.Reset()
	if len(v.blocks.ids) > 0 {
		v.blocks.find(text, found)
	}
	hold(v.rest, val, found)
}

// number adds to found the predicates that a whole number satisfies.
func (v *values) number(val *expr.Value, n int64, found *literals.Found) {
	if id, ok := v.numbers[n]; ok {
		found.Add(id)
	}
	hold(v.rest, val, found)
}

// hold adds the predicates whose tests hold.
func hold(tests []tested, val *expr.Value, found *literals.Found) {
	for i := range tests {
		tests[i].hold(val, found)
	}
}

// hold adds the predicate if its test holds.
func (t *tested) hold(val *expr.Value, found *literals.Found) {
	if !found.Has(t.id) && t.test.Holds(val) {
		found.Add(t.id)
	}
}

func hasAll(found *literals.Found, ids []int32) bool {
	for _, id := range ids {
		if !found.Has(id) {
			return false
		}
	}
	return true
}
