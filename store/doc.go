// Package store is the parent of what keeps events: lake holds them as files
// on this machine, clickhouse sends them to a cluster.
package store
