package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/cli/output"
)

func (a *app) clusters() *cobra.Command {
	var f sourceFlags
	asJSON := false
	c := &cobra.Command{
		Use:   "clusters",
		Short: "List the clusters that report, and how their agents do",
		Long: `List the clusters that a server knows: by name, with their UID, the version of Kubernetes, and when their agents
were heard of last. A name belongs to one cluster; forget lets it go.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.needServer(&f, "listing clusters")
			if err != nil {
				return err
			}
			var out struct {
				Clusters []api.Cluster `json:"clusters"`
			}
			if err := server.Do(c.Context(), "GET", "/api/v1/clusters", nil, nil, &out); err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(a.stdout).Encode(out)
			}
			return writeClusters(a.stdout, out.Clusters, a.now())
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	f.register(c.Flags())
	c.AddCommand(a.clustersForget())
	return c
}

func writeClusters(w io.Writer, list []api.Cluster, now time.Time) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "NAME\tUID\tKUBERNETES\tSINCE\tAGENT\tNOT SEEN")
	for _, c := range list {
		heard, unseen := "not heard of yet", ""
		if c.Agent != nil {
			heard = "heard of " + now.Sub(c.Agent.LastSeen).Round(time.Second).String() + " ago"
			unseen = strings.Join(c.Agent.Unseen, "; ")
		}
		cells := []string{c.Name, c.UID, c.KubernetesVersion, c.FirstSeen.UTC().Format("2006-01-02 15:04"), heard, unseen}
		for i := range cells {
			cells[i] = output.Clean(cells[i])
		}
		fmt.Fprintln(tw, strings.Join(cells, "\t"))
	}
	return tw.Flush()
}

func (a *app) clustersForget() *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use: "forget UID", Short: "Let the name of a cluster go that is no more; its events stay",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "give the UID of one cluster; lynceus clusters shows them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.needServer(&f, "forgetting a cluster")
			if err != nil {
				return err
			}
			var gone api.Cluster
			if err := server.Do(c.Context(), "DELETE", "/api/v1/clusters/"+url.PathEscape(args[0]), nil, nil, &gone); err != nil {
				return err
			}
			a.say("forgot cluster " + output.Clean(gone.Name))
			return nil
		},
	}
	f.register(c.Flags())
	return c
}
