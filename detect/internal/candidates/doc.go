// Package candidates finds, for an event, the few of many trees that may hold
// on it, at a cost that hardly grows with the number of trees.
//
// What happens when trees are compiled:
//
//   - Every distinct predicate of a field becomes a number. The predicates
//     that cannot be decided cheaply, or not yet, are assumed to hold, or to
//     fail under a not: a tree then holds more often than it should, never
//     less (bound.go).
//   - The largest parts of a tree that read one field become one atom, negated
//     parts too: whether an atom holds depends on that field alone (atoms.go).
//   - A tree is found through anchors: atoms of which at least one holds
//     whenever the tree does, the rarest that can be had (plan.go).
//
// What happens to an event:
//
//   - The value of each field is sorted into a class: the set of predicates it
//     satisfies. Thousands of values fall into a few classes, and a class
//     knows its atoms (classes.go). A memo remembers the class of each value
//     where values repeat (memo.go); other values are looked up in an index of
//     all literals (values.go).
//   - Another memo remembers which trees hold for the classes of all fields
//     together (tuples.go). Where it does not know, the trees anchored in
//     those classes are evaluated (finder.go).
//
// Memos only save work: what is found is the same whatever they hold, and
// they are bounded in bytes.
package candidates
