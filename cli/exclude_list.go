package cli

import (
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/store/exclusions"
)

func (a *app) excludeList() *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use: "list", Short: "List the exclusions, those that ended too", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.needServer(&f, "listing exclusions")
			if err != nil {
				return err
			}
			var out struct {
				Exclusions []exclude.Exclusion `json:"exclusions"`
			}
			if err := server.Do(c.Context(), "GET", exclusionsPath, nil, nil, &out); err != nil {
				return err
			}
			return output.WriteExclusions(a.stdout, out.Exclusions, a.now(), a.textOptions(a.stdout, colorAuto))
		},
	}
	f.register(c.Flags())
	return c
}

// oneID takes the id of one exclusion.
func oneID(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef(c, "give the id of one exclusion; lynceus exclude list shows them")
	}
	return nil
}

func (a *app) excludeRemove() *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use: "remove ID", Short: "End an exclusion at once; its history stays", Args: oneID,
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.needServer(&f, "ending an exclusion")
			if err != nil {
				return err
			}
			if err := server.Do(c.Context(), "DELETE", exclusionsPath+"/"+url.PathEscape(args[0]), nil, nil, nil); err != nil {
				return err
			}
			a.say(fmt.Sprintf("exclusion %s is over: what it covered is told from now on", output.Clean(args[0])))
			return nil
		},
	}
	f.register(c.Flags())
	return c
}

func (a *app) excludeHistory() *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use: "history ID", Short: "Show who changed an exclusion, when and how", Args: oneID,
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.needServer(&f, "the history of an exclusion")
			if err != nil {
				return err
			}
			var out struct {
				Changes []exclusions.Change `json:"changes"`
			}
			if err := server.Do(c.Context(), "GET", exclusionsPath+"/"+url.PathEscape(args[0])+"/history", nil, nil, &out); err != nil {
				return err
			}
			return output.WriteChanges(a.stdout, out.Changes, a.textOptions(a.stdout, colorAuto))
		},
	}
	f.register(c.Flags())
	return c
}
