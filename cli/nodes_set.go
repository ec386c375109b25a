package cli

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rules"
)

// nodeSetsPath is where the API has what nodes are to run.
const nodeSetsPath = "/api/v1/nodes/sets"

// builtinWord is what --rules calls the rules for nodes that come with Lynceus.
const builtinWord = "builtin"

// nodeRules are the rule files for nodes that come with Lynceus.
func nodeRules() (peer.Files, error) {
	texts, problems := files.Read(files.Tree{FS: rules.FS, Root: "runtime", Name: "builtin/runtime"})
	return filesOf(texts, problems)
}

// filesOf returns files by their names.
func filesOf(texts []files.File, problems []*rule.Problem) (peer.Files, error) {
	out := peer.Files{}
	var errs []error
	for _, p := range problems {
		errs = append(errs, errors.New(p.Detail()))
	}
	for _, f := range texts {
		if _, twice := out[f.Name]; twice {
			errs = append(errs, fmt.Errorf("two files are called %s", f.Name))
		}
		out[f.Name] = f.Text
	}
	return out, errors.Join(errs...)
}

// nodeSetFlags say what nodes are to run.
type nodeSetFlags struct {
	source            sourceFlags
	cluster, reason   string
	policies, rules   []string
	noPolicy, noRules bool
}

func (a *app) nodesSet() *cobra.Command {
	var f nodeSetFlags
	c := &cobra.Command{
		Use: "set [flags]", Short: "Say which policies and rules nodes run: those of all clusters, or of one", Args: noArgs,
		Long: `Have nodes enforce policies and judge rules. Connected nodes get them within seconds, others when they connect; each keeps them
on its disk, and reports which version it runs: lynceus nodes shows that, and lynceus status tells of nodes that do not run what they are
to run for a minute. A node takes policies where its sensor was started with --hub-policies, and rules with --hub-rules. What is not
given stays as it was.`,
		Example: `  lynceus nodes set --rules builtin --rules my-rules/ --reason 'as in the audit of May'
  lynceus nodes set --cluster prod --policy no-miners.yaml
  lynceus nodes set --cluster prod --no-policies`,
		RunE: func(c *cobra.Command, _ []string) error { return a.setNodes(c, &f) },
	}
	s := c.Flags()
	s.SortFlags = false
	s.StringVar(&f.cluster, "cluster", "", "the nodes of this `CLUSTER`; left out, those of all clusters without a set of their own")
	s.StringArrayVar(&f.policies, "policy", nil, "`FILE` with policies to enforce; it may be given several times")
	s.BoolVar(&f.noPolicy, "no-policies", false, "enforce none")
	s.StringArrayVar(&f.rules, "rules", nil, "`PATH` of a file or directory of rules to judge, or the word builtin for Lynceus' own; it may be given several times")
	s.BoolVar(&f.noRules, "no-rules", false, "judge none")
	s.StringVar(&f.reason, "reason", "", "why, for who asks later")
	f.source.register(s)
	return c
}

func (a *app) setNodes(c *cobra.Command, f *nodeSetFlags) error {
	switch {
	case len(f.policies) > 0 && f.noPolicy, len(f.rules) > 0 && f.noRules:
		return usagef(c, "--policy and --no-policies, --rules and --no-rules exclude each other")
	case len(f.policies)+len(f.rules) == 0 && !f.noPolicy && !f.noRules:
		return usagef(c, "say what nodes are to run: --policy FILE or --no-policies, --rules PATH or --no-rules")
	}
	server, err := a.needServer(&f.source, "telling nodes what to run")
	if err != nil {
		return err
	}
	var now struct {
		Sets []api.NodeSet `json:"sets"`
	}
	if err := server.Do(c.Context(), "GET", nodeSetsPath, nil, nil, &now); err != nil {
		return err
	}
	in := api.NodeSetPut{Cluster: f.cluster, Reason: f.reason}
	for _, s := range now.Sets {
		if s.Cluster == f.cluster {
			in.Policies, in.Rules, in.Builtin, in.Revision = s.Policies, s.Rules, s.Builtin, s.Revision
		}
	}
	if err := f.change(c, &in); err != nil {
		return err
	}
	var s api.NodeSet
	if err := server.Do(c.Context(), "PUT", nodeSetsPath, nil, in, &s); err != nil {
		return err
	}
	a.say("nodes of " + clusterOrAll(s.Cluster) + " are to run " + setWords(&s) + "; lynceus nodes shows which do")
	return nil
}

// change puts into a set what flags say.
func (f *nodeSetFlags) change(c *cobra.Command, in *api.NodeSetPut) error {
	if len(f.policies) > 0 || f.noPolicy {
		in.Policies = peer.Files{}
		for _, path := range f.policies {
			b, err := readBounded(path, maxPolicies)
			if err != nil {
				return err
			}
			if _, twice := in.Policies[filepath.Base(path)]; twice {
				return usagef(c, "two files are called %s", filepath.Base(path))
			}
			in.Policies[filepath.Base(path)] = string(b)
		}
	}
	if len(f.rules) == 0 && !f.noRules {
		return nil
	}
	in.Builtin = false
	var trees []files.Tree
	for _, path := range f.rules {
		if path == builtinWord {
			in.Builtin = true
			continue
		}
		trees = append(trees, files.Path(path))
	}
	var err error
	in.Rules, err = filesOf(files.Read(trees...))
	return err
}

func clusterOrAll(name string) string {
	if name == "" {
		return "all clusters without a set of their own"
	}
	return "cluster " + output.Clean(name)
}

// setWords says in words what a set has.
func setWords(s *api.NodeSet) string {
	var out []string
	if s.Policies != nil {
		out = append(out, fmt.Sprintf("%s of policies (version %s)", countNoun(len(s.Policies), "file", "files"), s.PolicyVersion))
	}
	if s.Rules != nil {
		text := countNoun(len(s.Rules), "file", "files") + " of rules"
		if s.Builtin {
			text += " and the built-in ones"
		}
		if s.RulesVersion != "" {
			text += " (version " + s.RulesVersion + ")"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return "what they were started with"
	}
	return strings.Join(out, ", ")
}

func (a *app) nodesUnset() *cobra.Command {
	var f sourceFlags
	cluster := ""
	c := &cobra.Command{
		Use: "unset [flags]", Short: "Say nothing any more about what nodes run; they go on with what they have", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.needServer(&f, "taking back what nodes are to run")
			if err != nil {
				return err
			}
			if err := server.Do(c.Context(), "DELETE", nodeSetsPath, url.Values{"cluster": {cluster}}, nil, nil); err != nil {
				return err
			}
			a.say("nothing is said any more about nodes of " + clusterOrAll(cluster))
			return nil
		},
	}
	c.Flags().StringVar(&cluster, "cluster", "", "the nodes of this `CLUSTER`; left out, those of all clusters without a set of their own")
	f.register(c.Flags())
	return c
}

func (a *app) nodesSets() *cobra.Command {
	var f sourceFlags
	cluster, history := "", false
	c := &cobra.Command{
		Use: "sets [flags]", Short: "List what nodes are to run, and who said so; with --history, what was said before", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.needServer(&f, "listing what nodes are to run")
			if err != nil {
				return err
			}
			var out struct {
				Sets []api.NodeSet `json:"sets"`
			}
			path, query := nodeSetsPath, url.Values{}
			if history {
				path, query = path+"/history", url.Values{"cluster": {cluster}}
			}
			if err := server.Do(c.Context(), "GET", path, query, nil, &out); err != nil {
				return err
			}
			return writeNodeSets(a.stdout, out.Sets)
		},
	}
	c.Flags().BoolVar(&history, "history", false, "show what was said of --cluster before, the oldest first")
	c.Flags().StringVar(&cluster, "cluster", "", "with --history: of this `CLUSTER`; left out, of all without a set of their own")
	f.register(c.Flags())
	return c
}

func writeNodeSets(w io.Writer, list []api.NodeSet) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "CLUSTER\tSINCE\tBY\tWHAT\tREASON")
	for i := range list {
		s := &list[i]
		cluster := s.Cluster
		if cluster == "" {
			cluster = "(all others)"
		}
		what := setWords(s)
		if s.Removed {
			what = "nothing is said any more"
		}
		cells := []string{cluster, s.Since.Format(time.RFC3339), s.Author, what, s.Reason}
		for i := range cells {
			cells[i] = output.Clean(cells[i])
		}
		fmt.Fprintln(tw, strings.Join(cells, "\t"))
	}
	return tw.Flush()
}
