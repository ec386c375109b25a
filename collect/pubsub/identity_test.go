package pubsub

import (
	"crypto/x509"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/issuertest"
)

const (
	audience = "https://lynceus.example.org/pubsub"
	account  = "pusher@shop.iam.gserviceaccount.com"
)

// identifier knows the tokens of a provider of a test.
func identifier(t *testing.T, site *issuertest.Provider, now func() time.Time) *Identifier {
	t.Helper()
	cert, err := x509.ParseCertificate(site.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	i, err := NewIdentifier(site.URL, pool, now)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestIdentify(t *testing.T) {
	site := issuertest.New(t)
	i := identifier(t, site, time.Now)
	for name, test := range map[string]struct {
		claims map[string]any
		want   string
	}{
		"Pub/Sub":          {map[string]any{"aud": audience, "email": account, "email_verified": true}, account},
		"another audience": {map[string]any{"aud": "https://example.org", "email": account, "email_verified": true}, ""},
		"not verified":     {map[string]any{"aud": audience, "email": account, "email_verified": false}, ""},
		"nobody":           {map[string]any{"aud": audience}, ""},
		"another issuer":   {map[string]any{"iss": "https://example.org", "aud": audience, "email": account, "email_verified": true}, ""},
		"expired":          {map[string]any{"exp": 1, "aud": audience, "email": account, "email_verified": true}, ""},
	} {
		site.Do(func(p *issuertest.Provider) { p.Claims = test.claims })
		got, err := i.Identify(t.Context(), site.Token(), audience)
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	other := issuertest.New(t)
	other.Do(func(p *issuertest.Provider) {
		p.Claims = map[string]any{"iss": site.URL, "aud": audience, "email": account, "email_verified": true}
	})
	if got, err := i.Identify(t.Context(), other.Token(), audience); err == nil {
		t.Errorf("signed by somebody else: %q", got)
	}
	if got, err := i.Identify(t.Context(), "a.b.c", audience); err == nil {
		t.Errorf("no token: %q", got)
	}
}

// However many tokens with unknown keys come, the issuer is asked seldom.
func TestIdentifyAsksSeldom(t *testing.T) {
	site, other := issuertest.New(t), issuertest.New(t)
	var clock atomic.Int64
	clock.Store(time.Now().UnixNano())
	i := identifier(t, site, func() time.Time { return time.Unix(0, clock.Load()) })
	other.Do(func(p *issuertest.Provider) { p.Claims["iss"], p.Claims["aud"], p.Key = site.URL, audience, "two" })
	for range 50 {
		if _, err := i.Identify(t.Context(), other.Token(), audience); err == nil {
			t.Fatal("signed by somebody else")
		}
	}
	if n := site.Asked(); n > askFirst {
		t.Errorf("asked %d times", n)
	}
	site.Do(func(p *issuertest.Provider) {
		p.Claims = map[string]any{"aud": audience, "email": account, "email_verified": true}
	})
	clock.Add(int64(time.Minute))
	if got, err := i.Identify(t.Context(), site.Token(), audience); err != nil || got != account {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := NewIdentifier("http://192.0.2.1", nil, time.Now); err == nil || !strings.Contains(err.Error(), "https") {
		t.Errorf("%v", err)
	}
}
