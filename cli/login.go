package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/login"
	"github.com/lynceus-io/lynceus/api/problem"
)

// loginFlags say at which server to sign in, and how.
type loginFlags struct {
	server, ca           string
	issuer, clientID     string
	secretFile, issuerCA string
	scopes               []string
	device               bool
	port                 int
	wait                 time.Duration
}

// defaultLogin is how long somebody may take to sign in.
const defaultLogin = 10 * time.Minute

func (a *app) login() *cobra.Command {
	f := &loginFlags{}
	c := &cobra.Command{
		Use:   "login [flags]",
		Short: "Sign in at a server by its identity provider",
		Long: `Sign in at a server by the identity provider that it names: open the address that is printed in a browser of this machine,
or with --device on any other. All commands with --server URL are that person's then, until lynceus logout. The token is kept in a
file that only you can read, in $XDG_CONFIG_HOME/lynceus or ~/.config/lynceus, and renewed when it ends.`,
		Example: "  lynceus login --server https://lynceus.example.org\n  lynceus login --server https://lynceus.example.org --device\n  lynceus query --server https://lynceus.example.org 'audit | take 10'",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.runLogin(c, f) },
	}
	s := c.Flags()
	s.StringVar(&f.server, "server", "", "the server at `URL`")
	s.StringVar(&f.ca, "ca", "", "trust only the certificates in `FILE` (PEM) of --server, now and later, not those that the system trusts")
	s.BoolVar(&f.device, "device", false, "sign in on another device, by a code")
	s.IntVar(&f.port, "port", 0, "let the browser come back to `PORT` of 127.0.0.1, for identity providers that must know it; any by default")
	s.StringVar(&f.issuer, "oidc-issuer", "", "`URL` of the identity provider, if not the one that the server names")
	s.StringVar(&f.clientID, "oidc-client-id", "", "`ID` under which the identity provider knows Lynceus, if not the one that the server names")
	s.StringVar(&f.secretFile, "oidc-client-secret-file", "", "`FILE` with the client's secret, where the identity provider wants one")
	s.StringVar(&f.issuerCA, "oidc-ca", "", "`FILE` with the authority of the identity provider's certificate, in PEM, if not the system's")
	s.StringArrayVar(&f.scopes, "oidc-scope", nil, "also ask for the scope `NAME`, such as one that has the groups (repeatable)")
	s.DurationVar(&f.wait, "wait", defaultLogin, "how long to wait for you")
	return c
}

// sessions are those of this user.
func (a *app) sessions() (login.Sessions, error) {
	dir := a.getenv("XDG_CONFIG_HOME")
	if dir == "" {
		home := a.getenv("HOME")
		if home == "" {
			return login.Sessions{}, errors.New("there is no place to keep sessions in: set HOME or XDG_CONFIG_HOME, or use --token-file")
		}
		dir = filepath.Join(home, ".config")
	}
	return login.Sessions{Dir: filepath.Join(dir, "lynceus")}, nil
}

func (a *app) runLogin(c *cobra.Command, f *loginFlags) error {
	switch {
	case f.server == "":
		return usagef(c, "name the server with --server URL")
	case f.device && f.port != 0:
		return usagef(c, "--port is for a browser of this machine, and --device for another: give one")
	case f.port < 0 || f.port > 65535:
		return usagef(c, "--port %d: give 1 to 65535", f.port)
	case f.wait <= 0:
		return usagef(c, "--wait: give a time above zero, such as 10m")
	}
	store, err := a.sessions()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Context(), f.wait)
	defer cancel()
	err = a.signIn(ctx, f, store)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("nobody signed in within %s; try again, or give more time with --wait", f.wait)
	}
	return err
}

// signIn signs somebody in and keeps the session.
func (a *app) signIn(ctx context.Context, f *loginFlags, store login.Sessions) error {
	x, err := a.beginSession(ctx, f)
	if err != nil {
		return err
	}
	p, err := x.Provider(ctx, a.now)
	if err != nil {
		return err
	}
	if f.device {
		x.Tokens, err = p.Device(ctx, func(url, code string) {
			a.say("open " + url + " on any device, and enter the code " + code)
		})
	} else {
		x.Tokens, err = p.Browser(ctx, f.port, func(url string) {
			a.say("open this address in a browser of this machine:\n" + url)
		})
	}
	if errors.Is(err, login.ErrNoDevice) {
		return fmt.Errorf("%w; leave out --device", err)
	}
	if err != nil {
		return err
	}
	if err := store.Save(x); err != nil {
		return err
	}
	a.say(fmt.Sprintf("signed in at %s as %s", x.Server, x.Name))
	return a.tryOut(ctx, f)
}

// beginSession returns the session that signing in is to fill.
func (a *app) beginSession(ctx context.Context, f *loginFlags) (x login.Session, err error) {
	x = login.Session{Server: strings.TrimSuffix(f.server, "/"), Issuer: f.issuer, ClientID: f.clientID, Scopes: f.scopes}
	for _, file := range []struct {
		flag, name string
		into       *string
	}{{"--ca", f.ca, &x.Authorities}, {"--oidc-ca", f.issuerCA, &x.IssuerAuthorities}} {
		if _, err := trust(file.flag, file.name); err != nil {
			return x, err
		}
		if *file.into, err = text(file.name); err != nil {
			return x, fmt.Errorf("%s: %w", file.flag, err)
		}
	}
	secret, err := text(f.secretFile)
	if err != nil {
		return x, fmt.Errorf("--oidc-client-secret-file: %w", err)
	}
	x.Secret = strings.TrimSpace(secret)
	if x.Issuer != "" && x.ClientID != "" {
		return x, nil
	}
	certificates, err := trust("--ca", f.ca)
	if err != nil {
		return x, err
	}
	server, err := client.New(client.Options{Server: f.server, TLS: certificates})
	if err != nil {
		return x, err
	}
	var ways api.SignInWays
	if err := server.Do(ctx, "GET", "/api/v1/sign-in", nil, nil, &ways); err != nil {
		return x, err
	}
	if ways.OIDC == nil {
		return x, fmt.Errorf("%s has no identity provider: lynceus up --oidc-issuer names one (docs/access.md); or use a token, with --token-file", f.server)
	}
	if x.Issuer == "" {
		x.Issuer = ways.OIDC.Issuer
	}
	if x.ClientID == "" {
		x.ClientID = ways.OIDC.ClientID
	}
	return x, nil
}

// text returns what a file holds, "" for no file.
func text(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	b, err := readBounded(name, maxCA)
	return string(b), err
}

// tryOut asks the server for something that everybody with a role may see: that
// somebody has none is better said now.
func (a *app) tryOut(ctx context.Context, f *loginFlags) error {
	server, err := a.remote(&sourceFlags{server: f.server, ca: f.ca, session: true})
	if err != nil {
		return err
	}
	err = server.Do(ctx, "GET", "/api/v1/queries", nil, nil, nil)
	var p *problem.Problem
	if errors.As(err, &p) && p.Code == problem.Forbidden {
		a.say("you are signed in, and may do nothing there:")
	}
	return err
}
