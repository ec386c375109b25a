package kubernetes

import (
	"context"
	"errors"
	"testing"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/access/grant"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/collect/kube"
)

var errDown = errors.New("connection refused")

// asks answers by the token's text.
type asks struct{}

func (asks) User(_ context.Context, text, audience string) (kube.User, error) {
	switch {
	case audience != "lynceus":
		return kube.User{}, errors.New("asked for another audience")
	case text == "web":
		return kube.User{Name: "system:serviceaccount:shop:web", Groups: []string{"system:serviceaccounts:shop"}}, nil
	case text == "other":
		return kube.User{Name: "system:serviceaccount:x:y"}, nil
	case text == "down":
		return kube.User{}, errDown
	}
	return kube.User{}, kube.ErrToken
}

func TestAuthenticate(t *testing.T) {
	rules, err := grant.Parse("x", []byte("rules:\n  - {kubernetes: {groups: ['system:serviceaccounts:shop']}, role: analyst, namespaces: [shop]}"))
	if err != nil {
		t.Fatal(err)
	}
	c := New(func() string { return "prod" }, asks{}, rules)
	for _, tt := range []struct {
		text string
		want access.Principal
		err  error
	}{
		{"web", access.Principal{Name: "kubernetes:system:serviceaccount:shop:web", ID: "prod system:serviceaccount:shop:web", Role: token.Analyst}, nil},
		{"other", access.Principal{Name: "kubernetes:system:serviceaccount:x:y", ID: "prod system:serviceaccount:x:y"}, access.ErrNoRole},
		{"down", access.Principal{}, errDown},
		{"forged", access.Principal{}, access.ErrUnknown},
	} {
		got, err := c.Authenticate(t.Context(), tt.text)
		if !errors.Is(err, tt.err) || got.Name != tt.want.Name || got.ID != tt.want.ID || got.Role != tt.want.Role || tt.err != access.ErrUnknown && errors.Is(err, access.ErrUnknown) {
			t.Errorf("%s: %+v %v", tt.text, got, err)
		}
		if got.Role != 0 && got.Scope.String() != "namespace shop" {
			t.Errorf("%s sees %s", tt.text, got.Scope)
		}
	}
	if c.Mine("lyn_x") || !c.Mine("eyJ") {
		t.Error("takes the wrong tokens for its own")
	}
}
