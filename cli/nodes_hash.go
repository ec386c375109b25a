package cli

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/cli/output"
)

func (a *app) nodesHash() *cobra.Command {
	var f nodeFlags
	var of peer.HashOf
	c := &cobra.Command{
		Use: "hash [flags] NODE", Short: "Ask a node for the SHA-256 of a file in a container, or of a process's program",
		Long: `Have a node's sensor read one file and say its SHA-256, size, permissions and when it was changed last: the file at a path in
the root of a running container, which nothing leads out of, or the program that a process runs. At most 256 MiB are read.
Container ids and process ids are in the columns container.uid and process.pid.`,
		Example: `  lynceus nodes hash --cluster prod --container 4f1e... --path /usr/bin/curl worker-3
  lynceus nodes hash --cluster prod --pid 4711 worker-3`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "give one node; lynceus nodes lists them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if (of.Path == "") == (of.PID == 0) || of.Path != "" && of.Container == "" {
				return usagef(c, "give --container ID and --path PATH, or --pid NUMBER")
			}
			answer, err := a.command(c, &f, args[0], peer.Hash, of)
			if err != nil {
				return err
			}
			var is peer.Hashed
			if err := json.Unmarshal(answer, &is); err != nil {
				return fmt.Errorf("read the sensor's answer: %w", err)
			}
			_, err = fmt.Fprintf(a.stdout, "%s  %d bytes, mode %s, owner %d, changed %s\n", output.Clean(is.SHA256), is.Size, output.Clean(is.Mode), is.Owner, is.Modified.Format(time.RFC3339))
			return err
		},
	}
	c.Flags().StringVar(&of.Container, "container", "", "`ID` of a running container")
	c.Flags().StringVar(&of.Path, "path", "", "absolute `PATH` in it")
	c.Flags().Uint32Var(&of.PID, "pid", 0, "`NUMBER` of a process on the node, whose program is meant")
	f.register(c)
	return c
}
