// Package clickhouse keeps events in ClickHouse: the same tables and columns
// as the lake, filled from its first-level segments and asked in the same
// language.
//
// A [Store] is a database of a ClickHouse server or cluster. [Store.Migrate]
// makes its tables and brings them up to date; [Shipper] sends segments, each
// exactly once; [Store.Query] answers statements of package kql/sql. All of
// it goes over ClickHouse's HTTP interface.
//
// docs/clickhouse.md tells how to set it up, and what of it was tested.
package clickhouse
