package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/store/cases"
)

// changeCase makes a change on the case as it stands, and shows what is then.
func (a *app) changeCase(ctx context.Context, server *client.Client, id string, e api.EditCase) error {
	was, err := getCase(ctx, server, id)
	if err != nil {
		return err
	}
	e.Revision = was.Revision
	var out api.Case
	if err := server.Do(ctx, "PATCH", incidentPath(id, "case"), nil, e, &out); err != nil {
		return err
	}
	return output.WriteCase(a.stdout, &out, a.textOptions(a.stdout, colorAuto))
}

func (a *app) incidentStatus() *cobra.Command {
	var f sourceFlags
	var as, comment string
	c := &cobra.Command{
		Use: "status ID open|investigating|closed", Short: "Say how far an incident is",
		Example: "  lynceus incident status 9f31... investigating\n  lynceus incident status 9f31... closed --as false-positive --comment 'the health check runs a shell'",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 || !slices.Contains(cases.Statuses(), cases.Status(args[1])) {
				return usagef(c, "give the id of one incident, and one of open, investigating, closed")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			resolution, err := parseResolution(as)
			if err != nil {
				return usagef(c, "--as: %v", err)
			}
			status := cases.Status(args[1])
			if (status == cases.StatusClosed) != (resolution != "") {
				return usagef(c, "give --as with closed, and only then: %s", resolutionWords())
			}
			server, err := a.needServer(&f, "changing an incident's status")
			if err != nil {
				return err
			}
			return a.changeCase(c.Context(), server, args[0], api.EditCase{Status: &status, Resolution: &resolution, Comment: comment})
		},
	}
	c.Flags().StringVar(&as, "as", "", "with closed: what it was, "+resolutionWords())
	c.Flags().StringVar(&comment, "comment", "", "why")
	f.register(c.Flags())
	return c
}

func (a *app) incidentAssign() *cobra.Command {
	var f sourceFlags
	var nobody bool
	c := &cobra.Command{
		Use: "assign ID USER", Short: "Say who works on an incident",
		Example: "  lynceus incident assign 9f31... ann\n  lynceus incident assign 9f31... --nobody",
		Args: func(c *cobra.Command, args []string) error {
			if nobody && len(args) == 1 || !nobody && len(args) == 2 && args[1] != "" {
				return nil
			}
			return usagef(c, "give the id of one incident and who works on it, or --nobody")
		},
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.needServer(&f, "assigning an incident")
			if err != nil {
				return err
			}
			who := ""
			if !nobody {
				who = args[1]
			}
			return a.changeCase(c.Context(), server, args[0], api.EditCase{Assignee: &who})
		},
	}
	c.Flags().BoolVar(&nobody, "nobody", false, "nobody works on it any more")
	f.register(c.Flags())
	return c
}

func (a *app) incidentComment() *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use: "comment ID TEXT", Short: "Comment on an incident",
		Example: "  lynceus incident comment 9f31... 'asked the payments team; no answer yet'",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef(c, "give the id of one incident, and one text in quotes")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.needServer(&f, "commenting")
			if err != nil {
				return err
			}
			var out cases.Comment
			if err := server.Do(c.Context(), "POST", incidentPath(args[0], "comments"), nil, api.NewComment{Text: args[1]}, &out); err != nil {
				return err
			}
			a.say(fmt.Sprintf("comment %s is kept", out.ID))
			return nil
		},
	}
	f.register(c.Flags())
	return c
}
