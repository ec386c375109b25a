package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
)

func (a *app) console() *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use:   "console [flags]",
		Short: "Print a link that opens the web console, signed in",
		Long: `Print a link that opens the web console of a running server in a browser, signed in as whoever runs the command: the
owner of the data directory, or the token for --server. The link is good once, and for ten minutes; the session that it
begins lasts twelve hours at most, and ends with the token behind it or with the server.`,
		Example: "  lynceus console\n  lynceus console --server https://lynceus.example.org --token-file token.txt",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			server, err := a.needServer(&f, "the console")
			if err != nil {
				return err
			}
			link, err := signInLink(c.Context(), server)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.stdout, link)
			return err
		},
	}
	f.register(c.Flags())
	return c
}

// signInLink asks a server for a link that opens its console once. The code is
// in the fragment, which browsers send to nobody.
func signInLink(ctx context.Context, server *client.Client) (string, error) {
	var made api.SignInCode
	if err := server.Do(ctx, "POST", "/api/v1/session/code", nil, nil, &made); err != nil {
		return "", err
	}
	return server.URL() + "/sign-in#" + made.Code, nil
}
