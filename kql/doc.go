// Package kql answers questions in the Kusto query language: it reads a
// query, finds what its names mean, and runs it on the engine that holds the
// tables and in Go.
//
// A query goes through packages that know only those before them: syntax
// (text to tree), bind (tree to plan), sql (plan to statements of an engine
// and a rest), run (the rest, row by row). What a query means is defined by
// bind, fn and run alone; the same query gives the same rows whichever engine
// has the tables.
package kql

//go:generate go run ./internal/page ../docs/kql.md
