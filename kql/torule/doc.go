// Package torule turns a query into a detection rule: what its conditions keep,
// the rule finds. A [Draft] is what was understood, [Draft.Document] writes it
// as a Sigma document with a lynceus block (docs/lynceus-block.md).
//
// What a rule cannot say is a [Problem] in words, and there is no rule; what it
// need not say (an order, chosen columns, a bound of time) is left out with a
// note. Nothing is guessed: a rule finds the events that the query's
// conditions keep.
package torule
