package cli

import (
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/kql/scope"
)

func (a *app) token() *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Make, list and revoke tokens for the API",
		Long: `Tokens let people and programs use the API. Each has a role: a viewer reads findings, incidents, rules and the
status; an analyst queries, too; a responder excludes findings, too; an admin makes tokens, too. An agent reports what one cluster
contains, and may do nothing else; with the token of sensors the node sensors of one cluster enroll at the gate, and do nothing else.
A viewer, analyst or responder may be limited to clusters and namespaces: nothing else is there for them, in no answer and no count
(docs/access.md).

The commands work on the data directory, whether lynceus up runs or not, or with --server through the API.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.tokenCreate(), a.tokenList(), a.tokenRevoke())
	return c
}

// tokenKeeper is where tokens are: a data directory, or a server.
type tokenKeeper interface {
	List() ([]token.Token, error)
	Create(n token.New) (token.Token, string, error)
	Revoke(id string) (token.Token, error)
}

func (a *app) tokens(c *cobra.Command, f *sourceFlags) (tokenKeeper, error) {
	if f.server == "" {
		return token.Open(a.dir(f), a.now)
	}
	server, err := a.remote(f)
	if err != nil {
		return nil, err
	}
	return &serverTokens{c.Context(), server}, nil
}

func (a *app) tokenCreate() *cobra.Command {
	var f sourceFlags
	role, expires, node := token.Viewer.String(), "", ""
	var limit scope.Scope
	c := &cobra.Command{
		Use:     "create [flags] NAME",
		Short:   "Make a token for a person or a program",
		Long:    "Make a token and print it. It is shown this once: Lynceus keeps its hash only.",
		Example: "  lynceus token create --role analyst --expires 90d jane\n  lynceus token create --role analyst --cluster prod --namespace payments --namespace 'team-*' jane\n  lynceus token create --role agent --cluster prod agent-of-prod\n  lynceus token create --role sensor --cluster prod --expires 1h sensors-of-prod",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "give one name: who will use the token")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			r, err := token.ParseRole(role)
			if err != nil {
				return usagef(c, "--role: %v", err)
			}
			if node != "" && r != token.Sensor {
				return usagef(c, "--node is for --role sensor")
			}
			n := token.New{Name: args[0], Role: r, Node: node, By: userName()}
			if r == token.Agent || r == token.Sensor {
				if len(limit.Clusters) != 1 || len(limit.Namespaces) > 0 {
					return usagef(c, "a token of an agent or of sensors is for one cluster and all of it: give one --cluster NAME, and no --namespace")
				}
				n.Cluster = limit.Clusters[0]
			} else {
				n.Scope = limit
			}
			if expires != "" {
				if n.Life, err = hunt.ParseSpan(expires); err != nil {
					return usagef(c, "--expires: %v", err)
				}
			}
			keeper, err := a.tokens(c, &f)
			if err != nil {
				return err
			}
			t, text, err := keeper.Create(n)
			if err != nil {
				return err
			}
			until := "it does not expire"
			if !t.Expires.IsZero() {
				until = "until " + stampText(t.Expires)
			}
			a.say(fmt.Sprintf("token %s for %s, %s, %s; it is shown this once", t.ID, output.Clean(t.Name), roleText(&t), until))
			_, err = fmt.Fprintln(a.stdout, text)
			return err
		},
	}
	c.Flags().StringVar(&role, "role", role, "`ROLE`: viewer, analyst, responder, admin, agent, sensor")
	c.Flags().StringArrayVar(&limit.Clusters, "cluster", nil, "`NAME` of a cluster to which the token is limited, NAME* for all that begin so (repeatable); of an agent the one that it reports, of sensors the one that they are of")
	c.Flags().StringArrayVar(&limit.Namespaces, "namespace", nil, "`NAME` of a namespace to which the token is limited, NAME* for all that begin so (repeatable)")
	c.Flags().StringVar(&node, "node", "", "`NAME` of the one node that a sensor may be of; left out, any of the cluster; for role sensor")
	c.Flags().StringVar(&expires, "expires", "", "how long it is of use: 8h, 90d; left out it does not expire")
	f.register(c.Flags())
	return c
}

// userName is who runs the command, for the record.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}

func (a *app) tokenList() *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use: "list", Short: "List the tokens, without their secrets", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			keeper, err := a.tokens(c, &f)
			if err != nil {
				return err
			}
			list, err := keeper.List()
			if err != nil {
				return err
			}
			return writeTokens(a.stdout, list, a.now())
		},
	}
	f.register(c.Flags())
	return c
}

func writeTokens(w io.Writer, list []token.Token, now time.Time) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "ID\tROLE\tCREATED\tBY\tEXPIRES\tNAME")
	for _, t := range list {
		expires := "never"
		switch {
		case t.Expired(now):
			expires = "expired"
		case !t.Expires.IsZero():
			expires = t.Expires.UTC().Format("2006-01-02 15:04")
		}
		cells := []string{t.ID, roleText(&t), t.Created.UTC().Format("2006-01-02 15:04"), output.Clean(t.CreatedBy), expires, output.Clean(t.Name)}
		fmt.Fprintln(tw, strings.Join(cells, "\t"))
	}
	return tw.Flush()
}

// roleText says what a token may do, and where.
func roleText(t *token.Token) string {
	role := t.Role.String()
	if t.Cluster != "" {
		role += " of " + output.Clean(t.Cluster)
	}
	if t.Node != "" {
		role += "/" + output.Clean(t.Node)
	}
	if !t.Scope.All() {
		role += " of " + output.Clean(t.Scope.String())
	}
	return role
}

func (a *app) tokenRevoke() *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use: "revoke ID", Short: "Make a token useless, at once",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "give the id of one token; lynceus token list shows them")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			keeper, err := a.tokens(c, &f)
			if err != nil {
				return err
			}
			t, err := keeper.Revoke(args[0])
			if err != nil {
				return fmt.Errorf("%s: %w; lynceus token list shows them", args[0], err)
			}
			a.say(fmt.Sprintf("revoked %s of %s", t.ID, output.Clean(t.Name)))
			return nil
		},
	}
	f.register(c.Flags())
	return c
}
