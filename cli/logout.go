package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api/login"
)

// farewell is how long the identity provider may take to be told.
const farewell = 10 * time.Second

func (a *app) logout() *cobra.Command {
	server, all := "", false
	c := &cobra.Command{
		Use:   "logout [flags]",
		Short: "Sign out of a server",
		Long: `Forget the token that lynceus login keeps, and tell the identity provider that the session is over. The last ID token is
good until it ends by itself, an hour at most with most providers.`,
		Example: "  lynceus logout --server https://lynceus.example.org\n  lynceus logout --all",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if (server == "") != all {
				return usagef(c, "give --server URL, or --all")
			}
			return a.runLogout(c.Context(), server)
		},
	}
	c.Flags().StringVar(&server, "server", "", "sign out of the server at `URL`")
	c.Flags().BoolVar(&all, "all", false, "sign out of all servers")
	return c
}

// runLogout ends the session at a server, or all of them where it is "".
func (a *app) runLogout(ctx context.Context, server string) error {
	store, err := a.sessions()
	if err != nil {
		return err
	}
	var list []login.Session
	if server == "" {
		if list, err = store.List(); err != nil {
			return err
		}
	} else {
		x, err := store.Load(server)
		if errors.Is(err, login.ErrNone) {
			return err
		}
		if err != nil { // a file that cannot be used is taken away, too
			x.Server = server
		}
		list = []login.Session{x}
	}
	for i := range list {
		if err := store.Remove(list[i].Server); err != nil {
			return err
		}
		a.say("signed out of " + list[i].Server)
		if err := a.farewell(ctx, &list[i]); err != nil {
			a.say("the identity provider could not be told: " + err.Error())
		}
	}
	return nil
}

// farewell tells the identity provider that a session is over.
func (a *app) farewell(ctx context.Context, x *login.Session) error {
	if x.Refresh == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	p, err := x.Provider(ctx, a.now)
	if err != nil {
		return err
	}
	return p.Revoke(ctx, x.Tokens)
}
