package login

import (
	"context"
	"errors"
	"fmt"

	provider "github.com/coreos/go-oidc/v3/oidc"
)

// ErrNoDevice is returned by Device where the provider has no such way.
var ErrNoDevice = errors.New("the identity provider has no way to sign in on another device")

// Device signs a person in who opens a page on any device and enters a code, both
// of which show tells them. It waits until the code ends, or ctx.
func (p *Provider) Device(ctx context.Context, show func(url, code string)) (Tokens, error) {
	if p.said.Device == "" {
		return Tokens{}, ErrNoDevice
	}
	ctx = provider.ClientContext(ctx, p.http)
	asked, err := p.config.DeviceAuth(ctx)
	if err != nil {
		return Tokens{}, fmt.Errorf("sign in: %w", plain(err))
	}
	show(asked.VerificationURI, asked.UserCode)
	got, err := p.config.DeviceAccessToken(ctx, asked)
	if err != nil {
		return Tokens{}, fmt.Errorf("sign in: %w", plain(err))
	}
	return p.tokens(ctx, got, "", Tokens{})
}
