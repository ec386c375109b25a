package oidc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/access/grant"
	"github.com/lynceus-io/lynceus/api/token"
)

// issuerSite is an identity provider of a test.
type issuerSite struct {
	*httptest.Server
	keys  atomic.Pointer[map[string]*ecdsa.PrivateKey] // what it publishes
	down  atomic.Bool
	asked atomic.Int32 // for its keys
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newIssuer(t *testing.T) *issuerSite {
	t.Helper()
	s := &issuerSite{}
	s.keys.Store(&map[string]*ecdsa.PrivateKey{"one": newKey(t)})
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.down.Load() {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		var doc any = map[string]any{"issuer": s.URL, "jwks_uri": s.URL + "/keys", "authorization_endpoint": s.URL + "/a", "token_endpoint": s.URL + "/t",
			"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"}}
		if r.URL.Path == "/keys" {
			s.asked.Add(1)
			var set jose.JSONWebKeySet
			for id, k := range *s.keys.Load() {
				set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.Public(), KeyID: id, Algorithm: "ES256", Use: "sig"})
			}
			doc = set
		}
		if err := json.NewEncoder(w).Encode(doc); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// sign makes a token with a key.
func sign(t *testing.T, alg jose.SignatureAlgorithm, id string, key any, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(b)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const sampleRules = `
rules:
  - oidc: {email: [boss@example.org]}
    role: admin
  - oidc: {groups: [payments]}
    role: analyst
    namespaces: [payments]
`

type testClock struct{ at atomic.Int64 }

func (c *testClock) now() time.Time { return time.Unix(c.at.Load(), 0) }

func newProvider(t *testing.T, s *issuerSite) (*Provider, *testClock) {
	t.Helper()
	rules, err := grant.Parse("x.yaml", []byte(sampleRules))
	if err != nil {
		t.Fatal(err)
	}
	c := &testClock{}
	c.at.Store(1_800_000_000)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	p, err := New(Options{Issuer: s.URL, ClientID: "lynceus", Authorities: pool, Rules: rules, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

// said are the claims of a good token, with changes; a nil value takes one
// away.
func said(s *issuerSite, change map[string]any) map[string]any {
	out := map[string]any{"iss": s.URL, "aud": "lynceus", "sub": "u1", "exp": 1_800_000_600, "iat": 1_799_999_900, "groups": []string{"x", "payments"}, "preferred_username": "jane"}
	for k, v := range change {
		if out[k] = v; v == nil {
			delete(out, k)
		}
	}
	return out
}

func TestAuthenticate(t *testing.T) {
	s := newIssuer(t)
	p, _ := newProvider(t, s)
	key := (*s.keys.Load())["one"]
	type claims = map[string]any
	for _, tt := range []struct {
		what   string
		change claims
		want   error
		who    string
	}{
		{"good", nil, nil, "oidc:jane analyst namespace payments"},
		{"several audiences", claims{"aud": []string{"x", "lynceus"}, "azp": "lynceus"}, nil, "oidc:jane analyst namespace payments"},
		{"verified address", claims{"email": "boss@example.org", "email_verified": true}, nil, "oidc:boss@example.org admin "},
		{"address that was not verified", claims{"email": "boss@example.org"}, nil, "oidc:jane analyst namespace payments"},
		{"address said not to be verified", claims{"email": "boss@example.org", "email_verified": false, "groups": nil}, access.ErrNoRole, "oidc:jane  "},
		{"no rule", claims{"groups": "other"}, access.ErrNoRole, "oidc:jane  "},
		{"no name", claims{"preferred_username": nil}, nil, "oidc:u1 analyst namespace payments"},
		{"other audience", claims{"aud": "somebody"}, access.ErrUnknown, ""},
		{"no audience", claims{"aud": nil}, access.ErrUnknown, ""},
		{"given to another", claims{"azp": "somebody"}, access.ErrUnknown, ""},
		{"several audiences, given to nobody", claims{"aud": []string{"x", "lynceus"}}, access.ErrUnknown, ""},
		{"other issuer", claims{"iss": "https://evil.example"}, access.ErrUnknown, ""},
		{"issuer with more", claims{"iss": s.URL + "/"}, access.ErrUnknown, ""},
		{"expired", claims{"exp": 1_799_999_999}, access.ErrUnknown, ""},
		{"never expires", claims{"exp": nil}, access.ErrUnknown, ""},
		{"clock a little behind", claims{"nbf": 1_800_000_200}, nil, "oidc:jane analyst namespace payments"},
		{"not yet", claims{"nbf": 1_800_000_400}, access.ErrUnknown, ""},
		{"nobody", claims{"sub": nil}, access.ErrUnknown, ""},
		{"groups of odd types", claims{"groups": []any{1, nil, claims{"payments": 1}, "payments"}}, nil, "oidc:jane analyst namespace payments"},
	} {
		who, err := p.Authenticate(t.Context(), sign(t, jose.ES256, "one", key, said(s, tt.change)))
		got := ""
		if who.ID != "" {
			got = fmt.Sprintf("%s %s %s", who.Name, who.Role, who.Scope)
		}
		if !errors.Is(err, tt.want) || got != tt.who || tt.want == nil && err != nil {
			t.Errorf("%s: %q %v", tt.what, got, err)
		}
		if err == nil && (who.ID != s.URL+" u1" || who.Method != access.OIDC || who.Expires.Unix() != 1_800_000_600) {
			t.Errorf("%s: %+v", tt.what, who)
		}
	}
}

func TestForged(t *testing.T) {
	s := newIssuer(t)
	p, _ := newProvider(t, s)
	key := (*s.keys.Load())["one"]
	good := sign(t, jose.ES256, "one", key, said(s, nil))
	if _, err := p.Authenticate(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	other := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"` + s.URL + `","aud":"lynceus","sub":"root","exp":1800000600,"groups":["payments"]}`))
	for what, text := range map[string]string{
		"another's key":              sign(t, jose.ES256, "one", newKey(t), said(s, nil)),
		"a key that nobody knows":    sign(t, jose.ES256, "two", newKey(t), said(s, nil)),
		"no signature":               none + "." + parts[1] + ".",
		"none with a signature":      none + "." + parts[1] + "." + parts[2],
		"the public key as a secret": sign(t, jose.HS256, "one", public, said(s, nil)),
		"other claims":               parts[0] + "." + other + "." + parts[2],
		"a part too many":            good + ".x",
		"no token":                   "a.b.c",
		"nothing":                    "",
		"cut off":                    good[:len(good)-2],
	} {
		if who, err := p.Authenticate(t.Context(), text); !errors.Is(err, access.ErrUnknown) || who.Role != 0 {
			t.Errorf("%s: %+v %v", what, who, err)
		}
	}
}

// TestProviderGone holds that a server starts without its provider, says so,
// and takes tokens when it comes; that keys may change; and that forgeries do
// not become a flood to the provider.
func TestProviderGone(t *testing.T) {
	s := newIssuer(t)
	p, clock := newProvider(t, s)
	s.down.Store(true)
	text := func(id string) string { return sign(t, jose.ES256, id, (*s.keys.Load())[id], said(s, nil)) }
	if _, err := p.Authenticate(t.Context(), text("one")); err == nil || errors.Is(err, access.ErrUnknown) {
		t.Errorf("without a provider: %v", err)
	}
	s.down.Store(false)
	if err := p.Check(t.Context()); err == nil {
		t.Error("the provider was asked again at once")
	}
	clock.at.Add(int64(retry/time.Second) + 1)
	if who, err := p.Authenticate(t.Context(), text("one")); err != nil || who.Role != token.Analyst {
		t.Errorf("when it is there: %+v %v", who, err)
	}
	s.down.Store(true)
	if _, err := p.Authenticate(t.Context(), text("one")); err != nil {
		t.Errorf("its keys were forgotten: %v", err)
	}
	time.Sleep(time.Second) // the library hands out what it fetched until its fetching goroutine was scheduled once more
	s.keys.Store(&map[string]*ecdsa.PrivateKey{"two": newKey(t)})
	if _, err := p.Authenticate(t.Context(), text("two")); err == nil || errors.Is(err, access.ErrUnknown) {
		t.Errorf("a new key while it is gone: %v", err)
	}
	s.down.Store(false)
	if _, err := p.Authenticate(t.Context(), text("two")); err != nil {
		t.Errorf("a new key: %v", err)
	}
	if _, err := p.Authenticate(t.Context(), sign(t, jose.ES256, "one", newKey(t), said(s, nil))); !errors.Is(err, access.ErrUnknown) {
		t.Errorf("a key that was taken away: %v", err)
	}
	before := s.asked.Load()
	for range 100 {
		if _, err := p.Authenticate(t.Context(), sign(t, jose.ES256, "x", newKey(t), said(s, nil))); !errors.Is(err, access.ErrUnknown) {
			t.Fatalf("a forgery: %v", err)
		}
	}
	if n := s.asked.Load() - before; n > int32(asked.Burst) {
		t.Errorf("100 forgeries asked the provider %d times", n)
	}
	if _, err := p.Authenticate(t.Context(), text("two")); err != nil {
		t.Errorf("a good token during a flood: %v", err)
	}
}

func TestNew(t *testing.T) {
	for _, tt := range []struct{ issuer, client, want string }{
		{"https://login.example.org/x", "c", ""}, {"http://127.0.0.1:1", "c", ""}, {"http://login.example.org", "c", "no TLS"}, {"login.example.org", "c", "no URL"},
		{"https://a:b@c", "c", "no URL"}, {"https://a?x", "c", "no URL"}, {"ftp://a", "c", "no TLS"}, {"https://a", "", "client ID"}, {"https://a\x00", "c", "no URL"},
	} {
		_, err := New(Options{Issuer: tt.issuer, ClientID: tt.client, Rules: &grant.Rules{}, Now: time.Now})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q %q: %v", tt.issuer, tt.client, err)
		}
	}
}

func FuzzIssuer(f *testing.F) {
	f.Add("a.eyJpc3MiOiJ4In0.c")
	f.Fuzz(func(t *testing.T, text string) {
		if issuer(text) != "" && strings.Count(text, ".") != 2 {
			t.Errorf("%q has an issuer", text)
		}
	})
}
