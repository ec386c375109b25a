package login

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Revoke tells the provider that a session is over (RFC 7009). It does nothing
// where there is nothing to revoke, or the provider has no way to.
func (p *Provider) Revoke(ctx context.Context, t Tokens) error {
	if t.Refresh == "" || p.said.Revoke == "" {
		return nil
	}
	form := url.Values{"token": {t.Refresh}, "token_type_hint": {"refresh_token"}, "client_id": {p.o.ClientID}}
	if p.o.Secret != "" {
		form.Set("client_secret", p.o.Secret)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.said.Revoke, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("end the session at the identity provider: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.http.Do(r)
	if err != nil {
		return fmt.Errorf("end the session at the identity provider: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("end the session at the identity provider: it answered %s", resp.Status)
	}
	return nil
}
