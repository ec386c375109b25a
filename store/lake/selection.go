package lake

import (
	"math"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// Selection says which events are wanted. It leads to the segments, and in
// [Lake.Scan] to the events, that can have them.
type Selection struct {
	sql.Scan
	// ReceivedFrom and ReceivedTo bound received_time as From and To bound
	// time: nanoseconds since 1970, both included.
	ReceivedFrom, ReceivedTo int64
	// Superseded asks Lake.Scan for all revisions that are still stored, not
	// the latest of each event only.
	Superseded bool
}

// All returns the selection of all events of a table, all columns.
func All(c event.Class) Selection {
	return Of(sql.Scan{Table: c, From: math.MinInt64, To: math.MaxInt64})
}

// Of returns the selection of what a statement reads.
func Of(s sql.Scan) Selection {
	return Selection{Scan: s, ReceivedFrom: math.MinInt64, ReceivedTo: math.MaxInt64}
}

// overlaps reports whether values between least and most, in microseconds,
// can lie between from and to, in nanoseconds. No values at all (least above
// most) satisfy no bound.
func overlaps(least, most, from, to int64) bool {
	if from == math.MinInt64 && to == math.MaxInt64 {
		return true
	}
	return least <= most && (from == math.MinInt64 || most >= micros(from)) && least <= micros(to)
}
