// Package sift holds what lists of findings show of each finding in memory,
// by columns: they are filtered, counted by what they have in common, sorted
// and paged in milliseconds, a hundred thousand of them, too. Whoever asks
// fills a Table from the store and keeps it fresh; the documents of findings
// stay there.
package sift
