package oidc

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"strings"

	"github.com/lynceus-io/lynceus/api/access/grant"
)

// Names of claims (OpenID Connect Core 1.0, section 5.1).
const (
	email         = "email"
	emailVerified = "email_verified"
	preferred     = "preferred_username"
)

// claims are those of a token that rules can ask for. An address that the
// provider did not verify is nobody's, so it is not there.
func claims(all map[string]any) grant.Claims {
	out := grant.Claims{}
	for name, v := range all {
		switch v := v.(type) {
		case string:
			out[name] = []string{v}
		case []any:
			for _, item := range v {
				if text, ok := item.(string); ok {
					out[name] = append(out[name], text)
				}
			}
		}
	}
	if verified := all[emailVerified]; verified != true && verified != "true" {
		delete(out, email)
	}
	return out
}

// name is what somebody is called in lists: who it is the subject says.
func name(subject string, c grant.Claims) string {
	first := func(claim string) string {
		if v := c[claim]; len(v) == 1 {
			return v[0]
		}
		return ""
	}
	out := cmp.Or(first(email), first(preferred), subject)
	if len(out) > maxName {
		out = strings.ToValidUTF8(out[:maxName], "")
	}
	return out
}

// maxName bounds what somebody is called, in bytes.
const maxName = 200

// issuer returns what a token says by whom it is; "" for what is no token. It
// is not to be believed: nothing was verified.
func issuer(bearer string) string {
	parts := strings.Split(bearer, ".")
	if len(parts) != 3 {
		return ""
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var said struct {
		Issuer string `json:"iss"`
	}
	if json.Unmarshal(b, &said) != nil {
		return ""
	}
	return said.Issuer
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
