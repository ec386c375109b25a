// Package past gives the stored events of a stretch of time back in the order
// in which they happened, so that what judges events as they come can judge
// those that came long ago.
//
// The store keeps events by when they were received. [Replay] reads a window
// of event time after another, each as large as memory allows, and puts the
// events of a window in order by (time, identity, revision).
package past
