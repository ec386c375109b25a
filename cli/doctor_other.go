//go:build !linux

package cli

import "github.com/lynceus-io/lynceus/coverage"

func checkClock() coverage.Condition {
	return check("clock", coverage.Notice, "", "whether the clock is kept right cannot be told on this system")
}

func checkKernel() coverage.Condition {
	return check("kernel", coverage.Notice, "run it on the Linux nodes of the cluster", "the sensor needs Linux")
}
