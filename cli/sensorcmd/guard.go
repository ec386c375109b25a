//go:build linux

package sensorcmd

import (
	"fmt"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/collect/sensor/guard"
)

// guard is what a sensor runs beside itself.
func (a *app) guard() *cobra.Command {
	return &cobra.Command{
		Use:    "guard",
		Short:  "Answer the kernel before programs start; it is run by lynceus-sensor itself",
		Hidden: true,
		Args:   noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			signal.Ignore(syscall.SIGHUP) // it is for the sensor, and may be sent to all by the program's name
			conn, err := guard.Conn()
			if err != nil {
				return usagef("guard is run by lynceus-sensor, which hands it a connection: %w", err)
			}
			if err := guard.Run(c.Context(), conn, guard.Options{Proc: "/proc", Now: a.now}); err != nil {
				return fmt.Errorf("guard: %w", err)
			}
			return nil
		},
	}
}
