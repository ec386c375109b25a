// Package synth makes the events of a cluster that never was, as many as one
// likes: API requests, processes, files, connections and names asked for, in
// the proportions of a busy cluster, every row distinct. Most values are drawn
// with a long tail (few workloads do most), so that dictionaries, Bloom
// filters and groupings have the work they have in life.
//
// The same options give the same events. A few events are planted: rare
// enough that a question finds them or finds nothing.
package synth
