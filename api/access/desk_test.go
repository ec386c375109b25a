package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// voucher vouches for texts that begin with its word.
type voucher struct {
	word  string
	asked int
	who   Principal
	err   error
}

func (v *voucher) Mine(bearer string) bool { return strings.HasPrefix(bearer, v.word) }

func (v *voucher) Authenticate(context.Context, string) (Principal, error) {
	v.asked++
	return v.who, v.err
}

func TestDesk(t *testing.T) {
	now := time.Unix(1000, 0)
	good := Principal{Name: "oidc:jane", ID: "i jane", Method: OIDC, Role: token.Analyst}
	a, b := &voucher{word: "a", who: good}, &voucher{word: "", err: errors.New("down")}
	d := NewDesk(func() time.Time { return now }, a, b)
	for range 3 {
		if _, ok := d.Known("a1"); !ok {
			if who, err := d.Authenticate(t.Context(), "a1"); err != nil || who.Name != "oidc:jane" {
				t.Fatalf("%+v %v", who, err)
			}
		}
	}
	if a.asked != 1 {
		t.Errorf("asked %d times", a.asked)
	}
	if _, ok := d.Known("a2"); ok {
		t.Error("another token is known")
	}
	now = now.Add(remembered)
	if _, ok := d.Known("a1"); ok || d.order.Len() != 0 {
		t.Error("a judgement holds for longer than it may")
	}
	a.who.Expires = now.Add(time.Second)
	if _, err := d.Authenticate(t.Context(), "a1"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Second)
	if _, ok := d.Known("a1"); ok {
		t.Error("a judgement holds for longer than the token")
	}
	for what, tt := range map[string]struct {
		who  Principal
		err  error
		want error
	}{
		"no name":     {Principal{ID: "x", Role: token.Admin}, nil, ErrUnknown},
		"no id":       {Principal{Name: "x", Role: token.Admin}, nil, ErrUnknown},
		"wrong limit": {Principal{Name: "x", ID: "x", Role: token.Viewer, Scope: scope.Scope{Namespaces: []string{"*"}}}, nil, ErrNoRole},
		"no role":     {good, ErrNoRole, ErrNoRole},
		"refused":     {good, ErrUnknown, ErrUnknown},
	} {
		a.who, a.err = tt.who, tt.err
		who, err := d.Authenticate(t.Context(), "a3")
		if !errors.Is(err, tt.want) || who.Role != 0 {
			t.Errorf("%s: %+v %v", what, who, err)
		}
		if _, ok := d.Known("a3"); ok {
			t.Errorf("%s: it is remembered", what)
		}
	}
	if _, err := d.Authenticate(t.Context(), strings.Repeat("a", maxBearer+1)); !errors.Is(err, ErrUnknown) {
		t.Errorf("a token that is too long: %v", err)
	}
	if _, err := d.Authenticate(t.Context(), "b"); err == nil || errors.Is(err, ErrUnknown) {
		t.Errorf("somebody who does not answer: %v", err)
	}
	if _, err := NewDesk(time.Now).Authenticate(t.Context(), "b"); !errors.Is(err, ErrUnknown) {
		t.Errorf("nobody to ask: %v", err)
	}
}

func TestDeskIsBounded(t *testing.T) {
	d := NewDesk(time.Now, &voucher{who: Principal{Name: "x", ID: "x", Role: token.Viewer}})
	for i := range maxRemembered + 50 {
		if _, err := d.Authenticate(t.Context(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.known) != maxRemembered || d.order.Len() != maxRemembered {
		t.Errorf("%d remembered, %d in order", len(d.known), d.order.Len())
	}
	if _, ok := d.Known("0"); ok {
		t.Error("what was used longest ago is still known")
	}
}
