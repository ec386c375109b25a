package cli

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/coverage"
)

// checkClock asks the kernel whether something keeps its clock right, see adjtimex(2).
func checkClock() coverage.Condition {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	switch {
	case err != nil:
		return check("clock", coverage.Notice, "", "whether the clock is kept right cannot be told: %v", err)
	case state == unix.TIME_ERROR:
		return check("clock", coverage.Warning, "have it set by NTP (chrony, systemd-timesyncd): what happened in several places is joined by time", "nothing keeps the clock of this machine right")
	}
	return check("clock", coverage.Fine, "", "the clock of this machine is kept right")
}

// checkKernel looks for what the sensor needs of the kernel.
func checkKernel() coverage.Condition {
	if _, err := os.Stat("/sys/kernel/btf/vmlinux"); err != nil {
		return check("kernel", coverage.Notice, "docs/sensor.md says which kernels do", "the sensor cannot run here: the kernel does not describe its types (BTF)")
	}
	return check("kernel", coverage.Fine, "", "the kernel describes its types (BTF): the sensor can run here, as root")
}
