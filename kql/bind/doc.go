// Package bind gives meaning to a parsed query: it finds what names stand
// for, checks types, inlines variables and functions, and makes the plan.
//
// The names that columns get by themselves and the order in which they stand
// are Kusto's. What is outside the language that Lynceus runs is an error
// with its place and, where one exists, the nearest form that does run.
package bind
