//go:build linux

package sensor

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// clock turns the kernel's time since the boot into time of day. The node's clock may be set while the sensor runs, so
// it is asked again from time to time.
type clock struct {
	now    func() time.Time
	offset int64 // what to add to nanoseconds since the boot
}

// sinceBoot returns nanoseconds since the boot, suspension included, as bpf_ktime_get_boot_ns does.
func sinceBoot() (uint64, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0, fmt.Errorf("read the time since the boot: %w", err)
	}
	return uint64(ts.Nano()), nil
}

// set asks the clock.
func (c *clock) set() error {
	boot, err := sinceBoot()
	if err != nil {
		return err
	}
	c.offset = c.now().UnixNano() - int64(boot)
	return nil
}

// at returns the time of day in nanoseconds since 1970 UTC.
func (c *clock) at(boot uint64) int64 { return int64(boot) + c.offset }
