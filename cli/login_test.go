//go:build cgo

package cli

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/access/grant"
	"github.com/lynceus-io/lynceus/api/access/oidc"
	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/internal/issuertest"
)

// office is a server whose people sign in by a provider of a test.
type office struct {
	*issuertest.Provider
	store      *demoStore
	url        string
	ca, config string // the provider's authority, and where sessions are kept
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{Provider: issuertest.New(t), store: newDemoStore(t), config: t.TempDir()}
	o.ca = filepath.Join(t.TempDir(), "provider.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Certificate()})
	if err := os.WriteFile(o.ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	rules, err := grant.Parse("rules", []byte("rules:\n  - oidc: {email: [mira@example.org]}\n    role: analyst\n"))
	if err != nil {
		t.Fatal(err)
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(text)
	desk, err := oidc.New(oidc.Options{Issuer: o.URL, ClientID: o.Client, Authorities: authorities, Rules: rules, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := token.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	library, err := saved.NewLibrary(&keptQueries{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server, err := api.New(api.Options{
		Tokens: tokens, SignIn: access.NewDesk(time.Now, desk), Ways: api.SignInWays{OIDC: &api.OIDCWay{Issuer: o.URL, ClientID: o.Client}},
		Queries: o.store, Live: oneTable{o.store}, Saved: library, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := api.Listen(t.Context(), api.ListenOptions{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	o.url = "http://" + l.Addr().String()
	return o
}

// teller calls a function with everything that is written so far.
type teller struct {
	mu   sync.Mutex
	all  bytes.Buffer
	tell func(all string)
}

func (w *teller) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.all.Write(b)
	if w.tell != nil {
		w.tell(w.all.String())
	}
	return n, err
}

// run runs a command as somebody whose sessions are kept in o.config.
func (o *office) run(t *testing.T, tell func(string), args ...string) (text string, code int) {
	t.Helper()
	w := &teller{tell: tell}
	a := &app{
		stdin: strings.NewReader(""), stdout: w, stderr: w, now: time.Now,
		getenv:    func(name string) string { return map[string]string{"XDG_CONFIG_HOME": o.config}[name] },
		openStore: func(context.Context, string) (Store, error) { return o.store, nil },
	}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(w)
	root.SetErr(w)
	code = a.exit(root.ExecuteContext(t.Context()))
	return w.all.String(), code
}

// browse opens the page that login asks for, once.
func (o *office) browse(t *testing.T) func(string) {
	var once sync.Once
	return func(all string) {
		_, page, found := strings.Cut(all, "browser of this machine:\n")
		if !found || !strings.HasSuffix(page, "\n") {
			return
		}
		once.Do(func() {
			go func() {
				resp, err := o.HTTP().Get(strings.TrimSpace(page))
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
			}()
		})
	}
}

// Somebody signs in by a browser, asks, is renewed, and signs out; the token is in a file that nobody else may read.
func TestLogin(t *testing.T) {
	o := newOffice(t)
	o.Do(func(p *issuertest.Provider) { p.Claims["email"], p.Claims["email_verified"] = "mira@example.org", true })
	query := []string{"query", "audit | count", "--server", o.url}
	must := func(want int, says string, tell func(string), args ...string) {
		t.Helper()
		if text, code := o.run(t, tell, args...); code != want || !strings.Contains(text, says) {
			t.Errorf("%q: exit %d, want %d and %q:\n%s", args, code, want, says, text)
		}
	}
	must(exitUsage, "lynceus login", nil, query...)
	must(exitDone, "as mira@example.org", o.browse(t), "login", "--server", o.url, "--oidc-ca", o.ca, "--wait", "1m")
	must(exitDone, "643", nil, query...)
	files, err := filepath.Glob(filepath.Join(o.config, "lynceus", "session-*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if used, _ := o.Counts(); used != 0 {
		t.Errorf("renewed %d times", used)
	}
	o.Do(func(p *issuertest.Provider) { p.Life = 30 * time.Second }) // less than what is renewed early
	must(exitDone, "ABCD-EFGH", nil, "login", "--server", o.url, "--oidc-ca", o.ca, "--device", "--wait", "1m")
	must(exitDone, "643", nil, query...)
	if used, _ := o.Counts(); used < 2 { // at least once for login's own question, and once for the query
		t.Errorf("renewed %d times", used)
	}
	must(exitDone, "signed out", nil, "logout", "--all")
	if _, revoked := o.Counts(); revoked != 1 {
		t.Errorf("%d revoked", revoked)
	}
	must(exitUsage, "lynceus login", nil, query...)
	must(exitFailed, "nobody is signed in", nil, "logout", "--server", o.url)
}

func TestLoginRefused(t *testing.T) {
	o := newOffice(t)
	for _, test := range []struct {
		name   string
		change func(*issuertest.Provider)
		code   int
		says   string
		flags  []string
	}{
		{"no role", func(p *issuertest.Provider) { p.Claims["email"] = "eve@example.org" }, exitFailed, "may do nothing", []string{"--device"}},
		{"denied", func(p *issuertest.Provider) { p.Deny = true }, exitFailed, "access_denied", nil},
		{"nobody comes", func(p *issuertest.Provider) { p.Deny = false }, exitFailed, "nobody signed in", []string{"--wait", "500ms"}},
		{"no other device", func(p *issuertest.Provider) { p.NoDevice = true }, exitFailed, "leave out --device", []string{"--device"}},
		{"both", func(*issuertest.Provider) {}, exitUsage, "give one", []string{"--device", "--port", "8000"}},
		{"another client", func(*issuertest.Provider) {}, exitFailed, "nobody signed in", []string{"--oidc-client-id", "another", "--wait", "500ms"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o.Do(test.change)
			tell := o.browse(t)
			if test.name == "nobody comes" {
				tell = nil
			}
			text, code := o.run(t, tell, append([]string{"login", "--server", o.url, "--oidc-ca", o.ca}, test.flags...)...)
			if code != test.code || !strings.Contains(text, test.says) {
				t.Errorf("exit %d:\n%s", code, text)
			}
		})
	}
	if text, code := o.run(t, nil, "login", "--server", o.url); code != exitFailed || !strings.Contains(text, "does not answer as one") {
		t.Errorf("a provider that is not trusted: exit %d:\n%s", code, text)
	}
}
