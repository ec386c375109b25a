// Package falco reads Falco's rule files into rules: lists, macros, rules,
// appends, overrides and exceptions, conditions with all operators and
// transformers, and output templates.
//
// What a condition means is Falco's: a comparison with a field that an event
// does not have is false, whatever the operator. What a field means stands in
// one table (fields_*.go), from Falco's names to those of the registry; a
// field of Falco's that has no place there is named as unsupported, and its
// rule is kept but not run. docs/falco-rules.md lists what is understood.
package falco
