// Package syntax reads the Kusto query language: text becomes a tree whose
// every node knows where it stands. It decides what a query says, not what it
// means: names, types and functions are the business of package bind.
//
// Parse always returns a tree, of what could be read, together with all
// errors found. Operators of the language that Lynceus does not run are read
// too, as Other, so that an error can name them and their place.
package syntax
