package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/cli/output"
)

func (a *app) nodes() *cobra.Command {
	var f sourceFlags
	asJSON := false
	c := &cobra.Command{
		Use:   "nodes",
		Short: "List the sensors and agents that come in by the gate",
		Long: `List the node sensors and cluster agents that were connected to the server's gate since it started: since when, which
versions of program, policies and rules they run and are to run, and how far their clocks are off. lynceus up --gate ADDRESS opens the gate.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.needServer(&f, "listing nodes")
			if err != nil {
				return err
			}
			var out struct {
				Nodes []api.Node `json:"nodes"`
			}
			if err := server.Do(c.Context(), "GET", "/api/v1/nodes", nil, nil, &out); err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(a.stdout).Encode(out)
			}
			return output.WriteNodes(a.stdout, out.Nodes, a.now(), a.textOptions(a.stdout, colorAuto))
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	f.register(c.Flags())
	c.AddCommand(a.nodesReport(), a.nodesPolicy(), a.nodesHash(), a.nodesCapture(), a.nodesInventory(), a.nodesSet(), a.nodesUnset(), a.nodesSets())
	return c
}

// nodeFlags say which node is meant.
type nodeFlags struct {
	source  sourceFlags
	cluster string
}

func (f *nodeFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.cluster, "cluster", "", "`NAME` of the node's cluster")
	f.source.register(c.Flags())
}

// command asks a node's sensor something, and returns the answer.
func (a *app) command(c *cobra.Command, f *nodeFlags, node, kind string, body any) (answer json.RawMessage, err error) {
	if f.cluster == "" {
		return nil, usagef(c, "give the cluster of the node: --cluster NAME")
	}
	server, err := a.needServer(&f.source, "asking a node")
	if err != nil {
		return nil, err
	}
	in := api.NodeCommand{Cluster: f.cluster, Node: node, Kind: kind}
	if body != nil {
		if in.Body, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	var out struct {
		Answer json.RawMessage `json:"answer"`
	}
	err = server.Do(c.Context(), "POST", "/api/v1/nodes/command", nil, in, &out)
	return out.Answer, err
}

func (a *app) nodesReport() *cobra.Command {
	var f nodeFlags
	c := &cobra.Command{
		Use: "report NODE", Short: "Ask a node's sensor how it is, and print its answer as JSON",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "give one node; lynceus nodes lists them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			answer, err := a.command(c, &f, args[0], peer.Report, nil)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.stdout, string(answer))
			return err
		},
	}
	f.register(c)
	return c
}

// maxPolicies bounds the files of policies that are sent to a node, in bytes.
const maxPolicies = 512 << 10

func (a *app) nodesPolicy() *cobra.Command {
	var f nodeFlags
	version := ""
	c := &cobra.Command{
		Use: "policy [flags] NODE FILE...", Short: "Have a node's sensor enforce the policies in files, in place of those it has",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef(c, "give a node and files with policies")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			set := peer.PolicySet{Version: version, Files: map[string]string{}}
			if set.Version == "" {
				set.Version = a.now().UTC().Format("20060102T150405Z")
			}
			left := int64(maxPolicies)
			for _, path := range args[1:] {
				b, err := readBounded(path, left)
				if err != nil {
					return err
				}
				left -= int64(len(b))
				if _, twice := set.Files[filepath.Base(path)]; twice {
					return usagef(c, "two files are called %s", filepath.Base(path))
				}
				set.Files[filepath.Base(path)] = string(b)
			}
			answer, err := a.command(c, &f, args[0], peer.Policy, set)
			if err != nil {
				return err
			}
			var now peer.PolicyState
			if err := json.Unmarshal(answer, &now); err != nil {
				return fmt.Errorf("read the sensor's answer: %w", err)
			}
			a.say(fmt.Sprintf("node %s enforces %s, version %s", output.Clean(args[0]), countNoun(now.Policies, "policy", "policies"), output.Clean(now.Version)))
			return nil
		},
	}
	c.Flags().StringVar(&version, "version", "", "`NAME` that the sensor reports of these policies; left out, the time of day")
	f.register(c)
	return c
}
