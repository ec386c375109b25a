// Package agent runs in or near one cluster and reports what the cluster
// contains to a hub: it watches (package collect/kube), queues what changed,
// and delivers it in batches until the hub says that they are durable.
//
// It dials out only, and keeps nothing: at a start the hub tells it which
// objects it knows, and what is not there any more is reported as gone. While
// the hub is away changes wait in a queue that is bounded by bytes; when that
// is full, of each object only the latest state waits, and when it is full
// still, the watches wait. Once a day everything is reported as present again,
// so that what a store keeps for a month never says less than the truth.
package agent
