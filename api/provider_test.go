package api_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/access/grant"
	"github.com/lynceus-io/lynceus/api/access/oidc"
	"github.com/lynceus-io/lynceus/api/login"
	"github.com/lynceus-io/lynceus/internal/issuertest"
)

// browser is what a browser does of the console's signing in.
type browser struct {
	*http.Client
	site string
}

// providerSite is a site whose people sign in by a provider, and a browser that
// trusts both.
func providerSite(t *testing.T, change func(*api.Options)) (*site, *issuertest.Provider, *browser) {
	t.Helper()
	issuer := issuertest.New(t)
	issuer.Do(func(p *issuertest.Provider) {
		p.Claims["preferred_username"], p.Claims["groups"] = "mira", []string{"soc"}
	})
	cert, err := x509.ParseCertificate(issuer.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	rules, err := grant.Parse("access.yaml", []byte("rules:\n  - oidc: {groups: [soc]}\n    role: analyst\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(o *api.Options) {
		o.Provider = login.NewSite(login.Options{Issuer: issuer.URL, ClientID: issuer.Client, Authorities: pool, Now: time.Now})
		if change != nil {
			change(o)
		}
		p, err := oidc.New(oidc.Options{Issuer: issuer.URL, ClientID: issuer.Client, Authorities: pool, Rules: rules, Now: o.Now})
		if err != nil {
			t.Fatal(err)
		}
		o.SignIn = access.NewDesk(o.Now, p)
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return s, issuer, &browser{&http.Client{Jar: jar, Transport: issuer.HTTP().Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, s.url}
}

// ask sends what a script of the console sends, and decodes the answer.
func (b *browser) ask(t *testing.T, method, path string, in, out any) int {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, b.site+path, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(api.ConsoleHeader, "1")
	resp, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if out != nil {
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil && resp.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: %d %v", path, resp.StatusCode, err)
		}
	}
	return resp.StatusCode
}

// visit goes to the provider's page, and returns with what it sends back.
func (b *browser) visit(t *testing.T, page string) api.ProviderAnswer {
	t.Helper()
	resp, err := b.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), b.site+"/sign-in?") {
		t.Fatalf("%d, back to %s", resp.StatusCode, back)
	}
	q := back.Query()
	return api.ProviderAnswer{Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss"), Error: q.Get("error")}
}

// begin begins a sign-in.
func (b *browser) begin(t *testing.T) string {
	t.Helper()
	var begun api.BegunSignIn
	if status := b.ask(t, "POST", "/api/v1/session/oidc", api.BeginSignIn{Redirect: b.site + "/sign-in"}, &begun); status != http.StatusCreated {
		t.Fatalf("begin: %d", status)
	}
	return begun.URL
}

func (b *browser) end(t *testing.T, a api.ProviderAnswer) (status int, said struct{ Name, Role, Message string }) {
	t.Helper()
	status = b.ask(t, "POST", "/api/v1/session", map[string]any{"oidc": a}, &said)
	return status, said
}

// A person signs in by the provider with PKCE, and is who the provider says.
func TestProviderSignIn(t *testing.T) {
	_, _, b := providerSite(t, nil)
	page := b.begin(t)
	if q := page[strings.Index(page, "?"):]; !strings.Contains(q, "code_challenge_method=S256") || !strings.Contains(q, "nonce=") || strings.Contains(q, "verifier") {
		t.Errorf("sent to %s", page)
	}
	answer := b.visit(t, page)
	status, said := b.end(t, answer)
	if status != http.StatusOK || said.Name != "oidc:mira" || said.Role != "analyst" {
		t.Fatalf("%d %+v", status, said)
	}
	var who api.Session
	if status := b.ask(t, "GET", "/api/v1/session", nil, &who); status != http.StatusOK || who.Method != access.OIDC {
		t.Errorf("the session: %d %+v", status, who)
	}
	if status, _ := b.end(t, answer); status != http.StatusUnauthorized {
		t.Errorf("the same answer again: %d", status)
	}
	var list struct{ Sessions []api.OpenSession }
	if b.ask(t, "GET", "/api/v1/sessions", nil, &list); len(list.Sessions) != 1 || !list.Sessions[0].Current || list.Sessions[0].Name != "oidc:mira" {
		t.Fatalf("%+v", list)
	}
	if status := b.ask(t, "DELETE", "/api/v1/sessions/"+list.Sessions[0].ID, nil, nil); status != http.StatusNoContent {
		t.Errorf("ending it: %d", status)
	}
	if status := b.ask(t, "GET", "/api/v1/session", nil, nil); status != http.StatusNoContent {
		t.Errorf("after its end: %d", status)
	}
}

func TestProviderSignInRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*issuertest.Provider)
		bend   func(*api.ProviderAnswer)
		status int
		says   string
	}{
		"denied":           {func(p *issuertest.Provider) { p.Deny = true }, nil, 401, "access_denied"},
		"another's nonce":  {func(p *issuertest.Provider) { p.Nonce = "another" }, nil, 401, "somebody else"},
		"no group":         {func(p *issuertest.Provider) { p.Claims["groups"] = []string{"x"} }, nil, 403, "nothing gives"},
		"another's state":  {nil, func(a *api.ProviderAnswer) { a.State = "x" }, 401, "under way"},
		"a stolen code":    {nil, func(a *api.ProviderAnswer) { a.Code = "x" }, 401, "invalid_grant"},
		"another provider": {nil, func(a *api.ProviderAnswer) { a.Issuer = "https://other.example" }, 401, "another identity provider"},
	} {
		t.Run(name, func(t *testing.T) {
			_, issuer, b := providerSite(t, nil)
			if test.change != nil {
				issuer.Do(test.change)
			}
			answer := b.visit(t, b.begin(t))
			if test.bend != nil {
				test.bend(&answer)
			}
			if status, said := b.end(t, answer); status != test.status || !strings.Contains(said.Message, test.says) {
				t.Errorf("%d %+v", status, said)
			}
			if status := b.ask(t, "GET", "/api/v1/session", nil, nil); status != http.StatusNoContent {
				t.Errorf("somebody is signed in: %d", status)
			}
		})
	}
	_, _, b := providerSite(t, nil)
	answer := b.visit(t, b.begin(t))
	_, _, other := providerSite(t, nil)
	other.site = b.site
	if status, said := other.end(t, answer); status != http.StatusUnauthorized {
		t.Errorf("another browser: %d %+v", status, said)
	}
	for _, redirect := range []string{"https://evil.example/sign-in", b.site + "/hunt", b.site + "/sign-in?x=1", "javascript:alert(1)", strings.Replace(b.site, "http://", "http://x@", 1) + "/sign-in", ""} {
		if status := b.ask(t, "POST", "/api/v1/session/oidc", api.BeginSignIn{Redirect: redirect}, nil); status != http.StatusBadRequest {
			t.Errorf("back to %q: %d", redirect, status)
		}
	}
}

// A session outlives the provider's tokens as long as that renews them, and is
// over when it does not.
func TestProviderSessionIsRenewed(t *testing.T) {
	var ahead time.Duration
	_, issuer, b := providerSite(t, func(o *api.Options) { o.Now = func() time.Time { return time.Now().Add(ahead) } })
	issuer.Do(func(p *issuertest.Provider) { p.Life = 30 * time.Second })
	if status, said := b.end(t, b.visit(t, b.begin(t))); status != http.StatusOK {
		t.Fatalf("%d %+v", status, said)
	}
	if status := b.ask(t, "GET", "/api/v1/session", nil, nil); status != http.StatusOK {
		t.Errorf("the session: %d", status)
	}
	if used, _ := issuer.Counts(); used != 1 {
		t.Errorf("%d tokens were renewed", used)
	}
	issuer.Forget()
	ahead = time.Minute
	if status := b.ask(t, "GET", "/api/v1/session", nil, nil); status != http.StatusNoContent {
		t.Errorf("after the provider forgot: %d", status)
	}
}

// A provider that is not there is said to be so.
func TestProviderIsAway(t *testing.T) {
	_, _, b := providerSite(t, func(o *api.Options) { o.Provider = away{} })
	if status := b.ask(t, "POST", "/api/v1/session/oidc", api.BeginSignIn{Redirect: b.site + "/sign-in"}, nil); status != http.StatusServiceUnavailable {
		t.Errorf("%d", status)
	}
}

type away struct{ api.Provider }

func (away) Begin(context.Context, string) (string, login.Attempt, error) {
	return "", login.Attempt{}, context.DeadlineExceeded
}
