//go:build !linux

package cli

import (
	"net"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/rule"
)

// startSensor refuses a sensor where one is named: it needs Linux.
func (a *app) startSensor(c *cobra.Command, f *upFlags, _ string, _ []*rule.Rule) (*net.UnixConn, error) {
	if f.sensor.choice != sensorAuto && f.sensor.choice != sensorOff || f.sensor.needed() != "" || f.sensor.stream > 0 {
		return nil, usagef(c, "the node sensor needs Linux")
	}
	return nil, nil
}

// asWhom says as whom this process runs.
func asWhom() string { return "" }
