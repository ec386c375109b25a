// Package policy holds tests only: they read the repository's own files and say where a house rule is broken. Each
// rule names the file and what to do, so that a failure needs no explanation from a reviewer.
//
// A rule that must be broken in one place has an exception with its reason next to the rule; an exception that is no
// longer needed fails too.
package policy
