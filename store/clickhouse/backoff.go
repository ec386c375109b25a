package clickhouse

import "time"

// Bounds of the wait between attempts.
const (
	firstWait = time.Second
	longest   = 2 * time.Minute
)

// wait is how long to wait after so many failures in a row (1 or more): twice
// as long each time, of which random, between 0 and 1, takes up to a half, so
// that many senders do not come back at once.
func wait(failures int, random float64) time.Duration {
	d := longest
	if shift := failures - 1; shift < 7 {
		d = min(firstWait<<max(shift, 0), longest)
	}
	return d - time.Duration(float64(d/2)*random)
}
