package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/api/access/grant"
	"github.com/lynceus-io/lynceus/hub"
)

// accessFlags say who may use the API without a token of Lynceus's own.
type accessFlags struct {
	rules            string
	issuer, clientID string
	authorities      string
	secretFile       string
	scopes           []string
}

func (f *accessFlags) register(s *pflag.FlagSet) {
	s.StringVar(&f.rules, "access", "", "`FILE` with the rules that give roles to people who sign in by an identity provider, and to users of the cluster (docs/access.md)")
	s.StringVar(&f.issuer, "oidc-issuer", "", "`URL` of the identity provider (OpenID Connect) by which people sign in; needs --access")
	s.StringVar(&f.clientID, "oidc-client-id", "", "`ID` under which the identity provider knows Lynceus")
	s.StringVar(&f.authorities, "oidc-ca", "", "`FILE` with the authority of the identity provider's certificate, in PEM, if not the system's")
	s.StringVar(&f.secretFile, "oidc-client-secret-file", "", "`FILE` with the client's secret, where the identity provider wants one of those who sign in with a browser")
	s.StringArrayVar(&f.scopes, "oidc-scope", nil, "also ask the identity provider for the scope `NAME`, such as one that has the groups (repeatable)")
}

// options returns who may use the API; nil where only Lynceus's own tokens
// count.
func (f *accessFlags) options() (*hub.AccessOptions, error) {
	switch {
	case f.rules == "" && (f.issuer != "" || f.clientID != "" || f.authorities != "" || f.secretFile != "" || len(f.scopes) > 0):
		return nil, &usageError{"what begins with --oidc needs --access FILE: without rules nobody has a role"}
	case f.rules == "":
		return nil, nil
	case (f.issuer == "") != (f.clientID == ""):
		return nil, &usageError{"--oidc-issuer URL and --oidc-client-id ID belong together: give both"}
	case (f.authorities != "" || f.secretFile != "" || len(f.scopes) > 0) && f.issuer == "":
		return nil, &usageError{"--oidc-ca, --oidc-client-secret-file and --oidc-scope need --oidc-issuer URL"}
	}
	text, err := readBounded(f.rules, maxCA)
	if err != nil {
		return nil, fmt.Errorf("--access: %w", err)
	}
	o := &hub.AccessOptions{Issuer: f.issuer, ClientID: f.clientID, Scopes: f.scopes}
	if f.secretFile != "" {
		secret, err := readBounded(f.secretFile, maxCA)
		if err != nil {
			return nil, fmt.Errorf("--oidc-client-secret-file: %w", err)
		}
		o.Secret = strings.TrimSpace(string(secret))
	}
	if o.Rules, err = grant.Parse(f.rules, text); err != nil {
		return nil, err
	}
	config, err := trust("--oidc-ca", f.authorities)
	if err != nil {
		return nil, err
	}
	if config != nil {
		o.Authorities = config.RootCAs
	}
	return o, nil
}
