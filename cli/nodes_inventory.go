package cli

import (
	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/cli/output"
)

func (a *app) nodesInventory() *cobra.Command {
	var f nodeFlags
	c := &cobra.Command{
		Use: "inventory --cluster NAME", Short: "Have a cluster's agent list everything again, and report it as present", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := a.command(c, &f, "", peer.Inventory, nil); err != nil {
				return err
			}
			a.say("cluster " + output.Clean(f.cluster) + " is listed again")
			return nil
		},
	}
	f.register(c)
	return c
}
