package cli

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/store/cases"
)

// incidentsPath is where the API has incidents.
const incidentsPath = "/api/v1/incidents"

func (a *app) incident() *cobra.Command {
	c := &cobra.Command{
		Use:   "incident",
		Short: "List and read incidents, say how far they are and who works on them",
		Long: `An incident is open until somebody says otherwise: investigating, or closed as a true positive, a false positive,
expected, or a duplicate. Every change keeps its author, its time and what was before. docs/cases.md has the details.

The commands need a running lynceus up.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.incidentList(), a.incidentShow(), a.incidentStatus(), a.incidentAssign(), a.incidentComment(), a.incidentHistory())
	return c
}

// incidentPath is where the API has an incident, or a part of it.
func incidentPath(id string, part ...string) string {
	return strings.Join(append([]string{incidentsPath, url.PathEscape(id)}, part...), "/")
}

func (a *app) incidentList() *cobra.Command {
	var f sourceFlags
	var status, assignee, severity, since, namespace, user, format string
	var limit int
	c := &cobra.Command{
		Use: "list [flags]", Short: "List incidents, the latest first", Args: noArgs,
		Example: "  lynceus incident list --status open --severity high\n  lynceus incident list --assignee ann -o json",
		RunE: func(c *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return usagef(c, "--output %q is neither text nor json", format)
			}
			server, err := a.needServer(&f, "listing incidents")
			if err != nil {
				return err
			}
			q := url.Values{"limit": {strconv.Itoa(limit)}}
			for name, text := range map[string]string{
				"status": status, "assignee": assignee, "severity": severity, "since": since, "namespace": namespace, "user": user,
			} {
				if text != "" {
					q.Set(name, text)
				}
			}
			var out api.IncidentList
			if err := server.Do(c.Context(), "GET", incidentsPath, q, nil, &out); err != nil {
				return err
			}
			if format == "json" {
				return output.WriteDocument(a.stdout, out)
			}
			if err := output.WriteIncidents(a.stdout, out.Incidents, out.Next != "", a.textOptions(a.stdout, colorAuto)); err != nil {
				return err
			}
			a.tellCoverage(out.Coverage, colorAuto)
			return nil
		},
	}
	s := c.Flags()
	s.SortFlags = false
	s.StringVar(&status, "status", "", "only those that are `STATUS`: open, investigating, closed, merged")
	s.StringVar(&assignee, "assignee", "", "only those on which this `USER` works")
	s.StringVar(&severity, "severity", "", "only those of at least this `SEVERITY`")
	s.StringVar(&since, "since", "", "only those last seen since `TIME`: 24h, 7d, or a point in time")
	s.StringVar(&namespace, "namespace", "", "only those of this `NAMESPACE`")
	s.StringVar(&user, "user", "", "only those of this acting `USER`")
	s.IntVar(&limit, "limit", 50, "at most `N` of them, up to 1000")
	s.StringVarP(&format, "output", "o", "text", "format: text or json")
	f.register(s)
	return c
}

// oneIncident takes the id of one incident.
func oneIncident(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef(c, "give the id of one incident; lynceus incident list shows them")
	}
	return nil
}

func (a *app) incidentShow() *cobra.Command {
	var f sourceFlags
	var format string
	c := &cobra.Command{
		Use: "show ID", Short: "Tell the story of an incident, and what was decided about it", Args: oneIncident,
		RunE: func(c *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usagef(c, "--output %q is neither text nor json", format)
			}
			server, err := a.needServer(&f, "showing an incident")
			if err != nil {
				return err
			}
			var found api.Incident
			if err := server.Do(c.Context(), "GET", incidentPath(args[0]), nil, nil, &found); err != nil {
				return err
			}
			decided, err := getCase(c.Context(), server, args[0])
			if err != nil {
				return err
			}
			if format == "json" {
				return output.WriteDocument(a.stdout, map[string]any{"incident": found, "case": decided})
			}
			story, err := report.ReadIncident(found.Document)
			if err != nil {
				return err
			}
			if err := output.WriteIncident(a.stdout, story, decided, a.textOptions(a.stdout, colorAuto)); err != nil {
				return err
			}
			a.tellCoverage(found.Coverage, colorAuto)
			return nil
		},
	}
	c.Flags().StringVarP(&format, "output", "o", "text", "format: text or json")
	f.register(c.Flags())
	return c
}

func getCase(ctx context.Context, server *client.Client, id string) (*api.Case, error) {
	out := new(api.Case)
	err := server.Do(ctx, "GET", incidentPath(id, "case"), nil, nil, out)
	return out, err
}

func (a *app) incidentHistory() *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use: "history ID", Short: "Show who changed an incident's status or assignee, and when", Args: oneIncident,
		RunE: func(c *cobra.Command, args []string) error {
			server, err := a.needServer(&f, "the history of an incident")
			if err != nil {
				return err
			}
			var out struct {
				Changes []cases.Change `json:"changes"`
			}
			if err := server.Do(c.Context(), "GET", incidentPath(args[0], "case", "history"), nil, nil, &out); err != nil {
				return err
			}
			return output.WriteCaseChanges(a.stdout, out.Changes, a.textOptions(a.stdout, colorAuto))
		},
	}
	f.register(c.Flags())
	return c
}

// resolutionWords are how resolutions are written on the command line.
func resolutionWords() string {
	var out []string
	for _, r := range cases.Resolutions() {
		out = append(out, strings.ReplaceAll(string(r), "_", "-"))
	}
	return strings.Join(out, ", ")
}

// parseResolution reads a resolution, with hyphens as on the command line or
// with underscores as in documents.
func parseResolution(text string) (cases.Resolution, error) {
	r := cases.Resolution(strings.ReplaceAll(text, "-", "_"))
	if text != "" && !slices.Contains(cases.Resolutions(), r) {
		return "", fmt.Errorf("%q is none of %s", text, resolutionWords())
	}
	return r, nil
}
