package cli

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/store/exclusions"
)

// exclusionsPath is where the API has exclusions.
const exclusionsPath = "/api/v1/exclusions"

func (a *app) exclude() *cobra.Command {
	c := &cobra.Command{
		Use:   "exclude",
		Short: "Keep findings that are expected from being told",
		Long: `An exclusion keeps findings of a rule from being told, within a scope, for a reason and a time. What it covers is
still found, counted and stored; what Lynceus stopped is always told. docs/exclusions.md has the details.

The commands need a running lynceus up.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.excludeAdd(), a.excludeTry(), a.excludeList(), a.excludeRemove(), a.excludeHistory())
	return c
}

// exclusionFlags say what is excluded.
type exclusionFlags struct {
	sourceFlags
	rules    []string
	finding  string
	scope    exclude.Scope
	workload string
	fields   []string
	since    string
}

func (f *exclusionFlags) register(s *pflag.FlagSet) {
	s.SortFlags = false
	s.StringArrayVar(&f.rules, "rule", nil, "`ID` of a rule whose findings are meant (repeatable)")
	s.StringVar(&f.finding, "finding", "", "start from the finding with this `ID`: its rule, and what the rule tells its findings apart by, where no flag says otherwise; an empty value (--user '') takes a condition away")
	s.StringVar(&f.scope.Cluster, "cluster", "", "only findings of this `CLUSTER`")
	s.StringVar(&f.scope.Namespace, "namespace", "", "only findings in this `NAMESPACE`")
	s.StringVar(&f.workload, "workload", "", "only findings about this pod group: `KIND/NAME`, such as Deployment/web")
	s.StringVar(&f.scope.User, "user", "", "only what this `USER` did")
	s.StringArrayVar(&f.fields, "field", nil, "only findings that show exactly this: `FIELD=VALUE` (repeatable)")
	s.StringVar(&f.since, "since", "30d", "how far back to look for what it would have covered")
	f.sourceFlags.register(s)
}

// document makes what the API takes of the flags.
func (f *exclusionFlags) document(ctx context.Context, c *cobra.Command, server *client.Client) (api.NewExclusion, error) {
	var doc api.NewExclusion
	if f.finding != "" {
		var p api.ProposedExclusion
		if err := server.Do(ctx, "GET", "/api/v1/findings/"+url.PathEscape(f.finding)+"/exclusion", nil, nil, &p); err != nil {
			return doc, err
		}
		doc.Rules, doc.Scope, doc.Finding = p.Rules, p.Scope, p.Finding
	}
	if len(f.rules) > 0 {
		doc.Rules = f.rules
	}
	if len(doc.Rules) == 0 {
		return doc, usagef(c, "say which findings: give --rule, or --finding to start from one")
	}
	return doc, f.narrow(c, &doc.Scope)
}

// narrow puts what flags say into a scope, in place of what stands there. An
// empty value takes a condition away.
func (f *exclusionFlags) narrow(c *cobra.Command, s *exclude.Scope) error {
	for name, set := range map[string]struct{ to, from *string }{
		"cluster": {&s.Cluster, &f.scope.Cluster}, "namespace": {&s.Namespace, &f.scope.Namespace}, "user": {&s.User, &f.scope.User},
	} {
		if c.Flags().Changed(name) {
			*set.to = *set.from
		}
	}
	if c.Flags().Changed("workload") {
		kind, name, ok := strings.Cut(f.workload, "/")
		if f.workload != "" && (!ok || kind == "" || name == "") {
			return usagef(c, "--workload %s: write KIND/NAME, such as Deployment/web", f.workload)
		}
		s.WorkloadKind, s.Workload = kind, name
	}
	for _, text := range f.fields {
		field, value, ok := strings.Cut(text, "=")
		if !ok || field == "" {
			return usagef(c, "--field %s: write FIELD=VALUE", text)
		}
		s.Fields = slices.DeleteFunc(s.Fields, func(have exclude.Condition) bool { return have.Field == field })
		if value != "" {
			s.Fields = append(s.Fields, exclude.Condition{Field: field, Value: value})
		}
	}
	return nil
}

func (f *exclusionFlags) lookBack(ctx context.Context, server *client.Client, doc api.NewExclusion) (*exclude.Past, error) {
	past := new(exclude.Past)
	err := server.Do(ctx, "POST", exclusionsPath, url.Values{"try": {"yes"}, "since": {f.since}}, doc, past)
	return past, err
}

func (a *app) excludeTry() *cobra.Command {
	f := &exclusionFlags{}
	c := &cobra.Command{
		Use: "try [flags]", Short: "Show what an exclusion would have covered", Args: noArgs,
		Example: "  lynceus exclude try --rule 3d1b5f0e-... --namespace shop --user ci-pipeline --since 30d",
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.needServer(&f.sourceFlags, "looking back")
			if err != nil {
				return err
			}
			doc, err := f.document(c.Context(), c, server)
			if err != nil {
				return err
			}
			past, err := f.lookBack(c.Context(), server, doc)
			if err != nil {
				return err
			}
			return output.WritePast(a.stdout, past, f.since, a.textOptions(a.stdout, colorAuto))
		},
	}
	f.register(c.Flags())
	return c
}

func (a *app) excludeAdd() *cobra.Command {
	f := &exclusionFlags{}
	var reason, expires string
	c := &cobra.Command{
		Use: "add [flags]", Short: "Keep findings from being told, and show what that would have covered", Args: noArgs,
		Example: "  lynceus exclude add --finding 5c0f... --workload Deployment/web --reason 'the health check runs a shell' --expires 90d",
		RunE: func(c *cobra.Command, _ []string) error {
			if reason == "" {
				return usagef(c, "give --reason: somebody will ask why these are not told")
			}
			server, err := a.needServer(&f.sourceFlags, "excluding")
			if err != nil {
				return err
			}
			doc, err := f.document(c.Context(), c, server)
			if err != nil {
				return err
			}
			life, err := hunt.ParseSpan(expires)
			if err != nil {
				return usagef(c, "--expires: %v", err)
			}
			doc.Reason, doc.Expires = reason, a.now().Add(life).UTC().Truncate(time.Second)
			past, err := f.lookBack(c.Context(), server, doc)
			if err != nil {
				return err
			}
			if err := output.WritePast(a.stdout, past, f.since, a.textOptions(a.stdout, colorAuto)); err != nil {
				return err
			}
			var kept exclusions.Stored
			if err := server.Do(c.Context(), "POST", exclusionsPath, nil, doc, &kept); err != nil {
				return err
			}
			a.say(fmt.Sprintf("exclusion %s holds until %s; lynceus exclude remove %s ends it", kept.ID, stampText(kept.Expires), kept.ID))
			return nil
		},
	}
	f.register(c.Flags())
	c.Flags().StringVar(&reason, "reason", "", "why these findings are expected; needed")
	c.Flags().StringVar(&expires, "expires", "30d", "how long it holds: 8h, 30d; at most a year")
	return c
}
