// Package nodesets keeps what the nodes of an installation are to run: which policies they enforce and which rules they
// judge, for all clusters or for one. It is kept in package store/state with who said so, when and why.
package nodesets
