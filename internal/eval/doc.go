// Package eval measures how good detection is: it scans recordings of real
// clusters, in which attacks were done whose every step is written down, and
// counts what was found, what was missed, and what was told without need.
//
// It is a tool of this repository and no part of the product.
package eval
