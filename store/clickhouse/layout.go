package clickhouse

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/lynceus-io/lynceus/event"
)

// Layout says how tables are spread over servers. There are three, made from
// the same templates: one server (the zero value), replicas of everything
// (Cluster), and shards of replicas (Cluster and Sharded).
type Layout struct {
	// Cluster is the name of the cluster in the servers' configuration, as
	// ON CLUSTER takes it. The servers need Keeper and the macros {shard} and
	// {replica}.
	Cluster string
	// Sharded spreads rows over the cluster's shards: each table is then two,
	// audit over all shards and audit_local on each. All revisions of an
	// event are on one shard.
	Sharded bool
}

var clusterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

func (l Layout) check() error {
	if l.Cluster == "" && l.Sharded {
		return errors.New("shards need the name of a cluster")
	}
	if l.Cluster != "" && !clusterName.MatchString(l.Cluster) {
		return fmt.Errorf("the cluster name %q is not made of letters, digits and ._-", l.Cluster)
	}
	return nil
}

// onCluster is the clause that makes every server run a DDL statement.
func (l Layout) onCluster() string {
	if l.Cluster == "" {
		return ""
	}
	return " ON CLUSTER " + quoteName(l.Cluster)
}

// mergeTree is the engine of tables that hold rows.
func (l Layout) mergeTree() string {
	if l.Cluster == "" {
		return "MergeTree"
	}
	return "ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')"
}

// everywhere is the engine of a table whose rows all servers have.
func (l Layout) everywhere() string {
	if l.Cluster == "" {
		return "MergeTree"
	}
	return "ReplicatedMergeTree('/clickhouse/tables/all/{database}/{table}', '{shard}-{replica}')"
}

// stored is the name of the table that holds the rows of class c on a server.
func (l Layout) stored(c event.Class) string {
	if l.Sharded {
		return c.String() + "_local"
	}
	return c.String()
}

// dedupWindow is how many inserts a table remembers to know one that comes
// again. One sender has one in flight and sends that one first after a
// restart, so that even a hundred senders stay far inside.
const dedupWindow = "10000"

// dedupSeconds is the same in time, for replicas: a week.
const dedupSeconds = "604800"

// settings are those of a table that holds rows. An insert is on disk when it
// is acknowledged: the lake may forget it then.
func (l Layout) settings() string {
	common := "allow_nullable_key = 1, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1"
	if l.Cluster == "" {
		return common + ", non_replicated_deduplication_window = " + dedupWindow
	}
	return common + ", replicated_deduplication_window = " + dedupWindow + ", replicated_deduplication_window_seconds = " + dedupSeconds
}
