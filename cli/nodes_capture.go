package cli

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/cli/output"
)

func (a *app) nodesCapture() *cobra.Command {
	var f nodeFlags
	var of peer.CaptureOf
	life, size, stop := "", "", false
	c := &cobra.Command{
		Use: "capture [flags] NODE", Short: "Have a node's sensor tell all opens and changes of files of one container or pod for a while",
		Long: `Have a node's sensor tell more of one container or pod, for ten minutes at most: every open and change of a file, beside what it tells
anyway. Each row of that container or pod bears the capture's identity in the column capture.uid then. The capture ends when its time is over or
its bytes are used up, which is a row of the table health; there is one at a time on a node. The sensor must have been started with --hub-captures. While it
runs, the sensor looks at every open on the node, and leaves out those of others.`,
		Example: "  lynceus nodes capture --cluster prod --pod-uid 0d2c... --for 1m worker-3\n  lynceus query 'file | where capture.uid == \"...\" | summarize count() by file.path'\n  lynceus nodes capture --cluster prod --stop worker-3",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "give one node; lynceus nodes lists them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if !stop {
				if (of.Container == "") == (of.PodUID == "") {
					return usagef(c, "give --container ID or --pod-uid UID, or --stop")
				}
				d, err := hunt.ParseSpan(life)
				if err != nil || d < time.Second {
					return usagef(c, "--for %q: give a time such as 30s or 5m", life)
				}
				of.Seconds = int(d / time.Second)
				if size != "" {
					if of.Bytes, err = parseSize(size); err != nil {
						return usagef(c, "--bytes: %v", err)
					}
				}
			}
			answer, err := a.command(c, &f, args[0], peer.Capture, of)
			if err != nil {
				return err
			}
			var is peer.Capturing
			if err := json.Unmarshal(answer, &is); err != nil {
				return fmt.Errorf("read the sensor's answer: %w", err)
			}
			if stop {
				a.say(fmt.Sprintf("capture %s has ended: %d rows, %d bytes", output.Clean(is.UID), is.Rows, is.Bytes))
				return nil
			}
			a.say("captures until " + is.Until.Format(time.RFC3339) + "; its rows have this capture.uid:")
			_, err = fmt.Fprintln(a.stdout, output.Clean(is.UID))
			return err
		},
	}
	s := c.Flags()
	s.SortFlags = false
	s.StringVar(&of.Container, "container", "", "`ID` of a container")
	s.StringVar(&of.PodUID, "pod-uid", "", "`UID` of a pod")
	s.StringVar(&life, "for", "1m", "for how long, at most 10m")
	s.StringVar(&size, "bytes", "", "how much is told at most, such as 64MB (default 16 MiB)")
	s.BoolVar(&stop, "stop", false, "end the capture that there is")
	f.register(c)
	return c
}
