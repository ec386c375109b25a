// Package talk makes a map of who talks to whom: from the flows of the table
// network and the requests of the table audit to a graph of bounded size,
// within what whoever asks may see. It asks the store in KQL like everybody
// else; the store sums, and what is said of each end is decided here.
package talk
