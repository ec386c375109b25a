//go:build cgo

package hub

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/access/grant"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/kql/value"
)

// execIn is an audit event of a command in a pod that reads its token.
func execIn(id, user, address, namespace string, at time.Time) string {
	stamp := at.UTC().Format("2006-01-02T15:04:05.000000Z")
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":%q,"stage":"ResponseComplete","requestURI":"/api/v1/namespaces/%s/pods/web/exec?command=cat&command=/var/run/secrets/kubernetes.io/serviceaccount/token",`+
		`"verb":"create","user":{"username":%q,"groups":["system:authenticated"]},"sourceIPs":[%q],"userAgent":"kubectl","objectRef":{"resource":"pods","namespace":%q,"name":"web","apiVersion":"v1","subresource":"exec"},`+
		`"responseStatus":{"code":101},"requestReceivedTimestamp":%q,"stageTimestamp":%q}`+"\n", id, namespace, user, address, namespace, stamp, stamp)
}

// signIns is an identity provider, and who signs its tokens.
func signIns(t *testing.T) (issuer *httptest.Server, sign func(claims map[string]any) string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issuer = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var doc any = map[string]any{"issuer": issuer.URL, "jwks_uri": issuer.URL + "/keys", "authorization_endpoint": issuer.URL, "token_endpoint": issuer.URL}
		if r.URL.Path == "/keys" {
			doc = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "ES256"}}}
		}
		if err := json.NewEncoder(w).Encode(doc); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(issuer.Close)
	return issuer, func(claims map[string]any) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		claims["iss"], claims["aud"], claims["exp"] = issuer.URL, "lynceus", time.Now().Add(time.Hour).Unix()
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
}

const accessRules = `
rules:
  - oidc: {groups: [soc]}
    role: analyst
  - oidc: {groups: [payments]}
    role: responder
    clusters: [prod]
    namespaces: [payments]
`

// TestUpAccess lets people sign in in every way that needs no cluster, and
// holds that who is limited sees their namespaces in whatever way they ask,
// and that what each did is recorded.
func TestUpAccess(t *testing.T) {
	t.Parallel()
	dir, log := t.TempDir(), filepath.Join(t.TempDir(), "audit.log")
	now := time.Now().Add(-time.Hour)
	text := execIn("a1", "jane", "198.51.100.7", "payments", now) + execIn("a2", "mallory", "203.0.113.9", "secret", now.Add(time.Millisecond)) + execIn("a3", "jill", "192.0.2.5", "payments", now.Add(2*time.Millisecond))
	if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	issuer, sign := signIns(t)
	rules, err := grant.Parse("access.yaml", []byte(accessRules))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(issuer.Certificate())
	u := startUp(t, UpOptions{
		Dir: dir, Follow: []string{log}, Cluster: "prod", Log: logs(t), Access: &AccessOptions{Rules: rules, Issuer: issuer.URL, ClientID: "lynceus", Authorities: pool},
	})
	stored(t, u, time.Minute, 3)
	until(t, time.Minute, "no incidents", func() bool { return number(t, u.store, "incident | count") != "0" })

	tokens, err := token.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, own, err := tokens.Create(token.New{Name: "payments-bot", Role: token.Responder, Scope: scope.Scope{Namespaces: []string{"pay*"}}, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	as := func(bearer string) *client.Client {
		c, err := client.New(client.Options{Server: u.Address(), Token: bearer})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, who := range []struct {
		name, bearer string
		all          bool
	}{
		{"oidc:amy", sign(map[string]any{"sub": "1", "preferred_username": "amy", "groups": []string{"soc"}}), true},
		{"oidc:bob", sign(map[string]any{"sub": "2", "preferred_username": "bob", "groups": []string{"payments"}}), false},
		{"payments-bot", own, false},
	} {
		t.Run(who.name, func(t *testing.T) { seesOwn(t, as(who.bearer), who.all) })
	}
	for what, bearer := range map[string]string{
		"no group with a role": sign(map[string]any{"sub": "3", "preferred_username": "eve", "groups": []string{"x"}}), "a forgery": own + "x",
	} {
		if _, err := as(bearer).Query(t.Context(), hunt.Request{KQL: "audit"}); err == nil {
			t.Errorf("%s: was answered", what)
		}
	}
	usesSay(t, u)
}

// seesOwn asks in many ways: who sees everything finds both namespaces, who is
// limited finds one.
func seesOwn(t *testing.T, c *client.Client, all bool) {
	for _, tt := range []struct{ kql, all, own string }{
		{"audit | count", "3", "2"},
		{"events | count", "3", "2"},
		{"search in (audit, finding, incident) 'mallory' | count", "many", "0"},
		{"union audit, finding, inventory | where k8s.namespace == 'secret' | count", "many", "0"},
		{"finding | where k8s.namespace == 'secret' | count", "many", "0"},
		{"incident | where finding_info.namespaces has 'secret' | count", "many", "0"},
		{"incident | where finding_info.namespaces == 'payments' | count", "many", "many"},
		{"print toscalar(audit | summarize dcount(k8s.namespace))", "2", "1"},
		{"selfaudit | count", "any", "0"},
		{"health | count", "any", "0"},
	} {
		want := tt.own
		if all {
			want = tt.all
		}
		if got := number(t, c, tt.kql); want != "any" && got != want && (want != "many" || got == "0") {
			t.Errorf("%s: %s, want %s", tt.kql, got, want)
		}
	}
	var list struct {
		Findings  []api.Finding
		Incidents []api.Incident
	}
	for _, path := range []string{"/api/v1/findings", "/api/v1/incidents"} {
		if err := c.Do(t.Context(), "GET", path, url.Values{"limit": {"1000"}}, nil, &list); err != nil {
			t.Fatal(err)
		}
	}
	others := 0
	for _, f := range list.Findings {
		if f.Namespace != "payments" {
			others++
			err := c.Do(t.Context(), "GET", "/api/v1/findings/"+f.ID, nil, nil, nil)
			if err != nil {
				t.Errorf("a finding of the list: %v", err)
			}
		}
	}
	for _, i := range list.Incidents {
		if strings.Contains(fmt.Sprint(i), "mallory") {
			others++
		}
	}
	if (others > 0) != all || len(list.Findings) == 0 || len(list.Incidents) == 0 {
		t.Errorf("%d findings and %d incidents, %d of others", len(list.Findings), len(list.Incidents), others)
	}
	var p *problem.Problem
	if err := c.Do(t.Context(), "GET", "/api/v1/status", nil, nil, nil); all != (err == nil) || err != nil && (!errors.As(err, &p) || p.Code != problem.Forbidden) {
		t.Errorf("the status: %v", err)
	}
	a, err := c.Query(t.Context(), hunt.Request{KQL: "audit"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for row := make([]value.Value, len(a.Columns())); a.Next(row); {
	}
	if limited := strings.Contains(strings.Join(a.Notes(), " "), "you see"); limited == all || !all && a.Progress().ScannedRows != 0 {
		t.Errorf("notes %q, scanned %d", a.Notes(), a.Progress().ScannedRows)
	}
}

// usesSay holds that the questions of docs/security.md about who did what are
// answered.
func usesSay(t *testing.T, u *Up) {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(doc), "```kusto\n")[1:]
	if len(blocks) < 2 {
		t.Fatal("docs/security.md has no questions")
	}
	for _, want := range []string{"oidc:bob", "payments-bot", "oidc:eve"} {
		until(t, 2*time.Minute, want+" is not in the record of uses", func() bool {
			rows, _ := answerOf(t, u.store, hunt.Request{KQL: "selfaudit"})
			return strings.Contains(fmt.Sprint(rows), want)
		})
	}
	for i, block := range blocks {
		text, _, _ := strings.Cut(block, "```")
		rows, _ := answerOf(t, u.store, hunt.Request{KQL: text})
		said := fmt.Sprint(rows)
		for _, want := range [][]string{{"oidc:bob", "cluster prod; namespace payments", "payments-bot"}, {"oidc:eve", "forbidden"}}[min(i, 1)] {
			if !strings.Contains(said, want) {
				t.Errorf("%s\nsays nothing of %s: %s", text, want, said)
			}
		}
	}
}
