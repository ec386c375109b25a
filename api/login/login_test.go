package login

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/issuertest"
)

// discover asks a provider of a test as its client.
func discover(t *testing.T, p *issuertest.Provider) *Provider {
	t.Helper()
	found, err := Discover(t.Context(), options(t, p))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func options(t *testing.T, p *issuertest.Provider) Options {
	t.Helper()
	cert, err := x509.ParseCertificate(p.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return Options{Issuer: p.URL, ClientID: p.Client, Authorities: pool, Now: time.Now}
}

// patience bounds what waits for a browser that does not come.
func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// visit opens a page as a browser does, and returns what it says.
func visit(t *testing.T, c *http.Client, page string) string {
	resp, err := c.Get(page)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp.Status + " " + string(b)
}

func TestBrowser(t *testing.T) {
	site := issuertest.New(t)
	site.Do(func(p *issuertest.Provider) { p.Claims["email"] = "mira@example.org" })
	p := discover(t, site)
	got, err := p.Browser(patience(t), 0, func(page string) {
		u, err := url.Parse(page)
		if err != nil {
			t.Error(err)
		}
		back := u.Query().Get("redirect_uri")
		if scopes := u.Query().Get("scope"); scopes != "openid email groups offline_access" || !strings.HasPrefix(back, "http://127.0.0.1:") {
			t.Errorf("%s", page)
		}
		go func() {
			if text := visit(t, site.HTTP(), back+"?state=guess&code=stolen"); !strings.Contains(text, "400") {
				t.Errorf("somebody else's answer: %s", text)
			}
			if text := visit(t, site.HTTP(), page); !strings.Contains(text, "200") {
				t.Error(text)
			}
		}()
	})
	if err != nil || got.Name != "mira@example.org" || got.ID == "" || got.Refresh == "" || time.Until(got.Expires) < 50*time.Minute {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestBrowserRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*issuertest.Provider)
		says   string
	}{
		"denied":             {func(p *issuertest.Provider) { p.Deny = true }, "access_denied"},
		"another's nonce":    {func(p *issuertest.Provider) { p.Nonce = "another" }, "somebody else"},
		"for another client": {func(p *issuertest.Provider) { p.Claims["aud"] = "another" }, "not good"},
		"expired":            {func(p *issuertest.Provider) { p.Claims["exp"] = 1 }, "not good"},
	} {
		t.Run(name, func(t *testing.T) {
			site := issuertest.New(t)
			site.Do(test.change)
			p := discover(t, site)
			got, err := p.Browser(patience(t), 0, func(page string) { go visit(t, site.HTTP(), page) })
			if err == nil || !strings.Contains(err.Error(), test.says) || got.ID != "" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := discover(t, issuertest.New(t)).Browser(ctx, 0, func(string) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody comes: %v", err)
	}
}

func TestDevice(t *testing.T) {
	site := issuertest.New(t)
	site.Do(func(p *issuertest.Provider) { p.Pending = 1 })
	shown := ""
	got, err := discover(t, site).Device(patience(t), func(url, code string) { shown = url + " " + code })
	if err != nil || got.Name != "mira" || shown != site.URL+"/go ABCD-EFGH" {
		t.Errorf("%+v, %v, %q", got, err, shown)
	}
	site.Do(func(p *issuertest.Provider) { p.Deny = true })
	if _, err := discover(t, site).Device(patience(t), func(string, string) {}); err == nil || !strings.Contains(err.Error(), "access_denied") {
		t.Errorf("%v", err)
	}
	site.Do(func(p *issuertest.Provider) { p.NoDevice = true })
	if _, err := discover(t, site).Device(patience(t), func(string, string) {}); !errors.Is(err, ErrNoDevice) {
		t.Errorf("%v", err)
	}
}

func TestRefresh(t *testing.T) {
	site := issuertest.New(t)
	p := discover(t, site)
	first, err := p.Device(patience(t), func(string, string) {})
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.Refresh(t.Context(), first)
	if err != nil || second.ID == first.ID || second.Refresh == first.Refresh {
		t.Errorf("%+v, %v", second, err)
	}
	if _, err := p.Refresh(t.Context(), first); !errors.Is(err, ErrEnded) {
		t.Errorf("with a token that was used: %v", err)
	}
	if _, err := p.Refresh(t.Context(), Tokens{ID: "x"}); !errors.Is(err, ErrEnded) {
		t.Errorf("with nothing: %v", err)
	}
	if err := p.Revoke(t.Context(), second); err != nil {
		t.Error(err)
	}
	if _, revoked := site.Counts(); revoked != 1 {
		t.Errorf("%d revoked", revoked)
	}
	if _, err := p.Refresh(t.Context(), second); !errors.Is(err, ErrEnded) {
		t.Errorf("after the end: %v", err)
	}
}

func TestDiscover(t *testing.T) {
	site := issuertest.New(t)
	for name, change := range map[string]func(*Options){
		"no client":      func(o *Options) { o.ClientID = "" },
		"no trust":       func(o *Options) { o.Authorities = x509.NewCertPool() },
		"another issuer": func(o *Options) { o.Issuer += "/other" },
		"no TLS":         func(o *Options) { o.Issuer = "http://192.0.2.1" },
	} {
		o := options(t, site)
		change(&o)
		if _, err := Discover(t.Context(), o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
