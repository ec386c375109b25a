// Package issuertest is an identity provider for tests: OpenID Connect as far
// as Lynceus uses it, on the loopback address. Everybody who comes is signed in
// at once, as the same person.
package issuertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// A Provider is one. Its fields may be changed between requests, under Do.
type Provider struct {
	// URL is the issuer.
	URL string
	// Client is the client ID that it knows.
	Client string
	// Claims are in ID tokens besides what must be there.
	Claims map[string]any
	// Life is how long an ID token is good.
	Life time.Duration
	// Pending is how often a device is told to wait.
	Pending int
	// Deny refuses everybody.
	Deny bool
	// NoDevice leaves out the way by another device.
	NoDevice bool
	// Key is the name of the key that signs, whatever is published.
	Key string
	// Nonce, where it is not "", is put into tokens instead of the client's.
	Nonce string

	wrong   func(error) // takes what nobody who asks can be told
	mu      sync.Mutex
	server  *httptest.Server
	key     *ecdsa.PrivateKey
	codes   map[string]url.Values // of authorization requests
	refresh map[string]bool       // good refresh tokens
	asked   int                   // for discovery and keys
	used    int                   // refresh tokens that were used
	revoked int
}

// New starts a provider that ends with the test.
func New(t *testing.T) *Provider {
	t.Helper()
	p, err := Start(func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// Start starts a provider, which runs until it is closed. What goes wrong while it answers
// is given to wrong.
func Start(wrong func(error)) (*Provider, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	p := &Provider{Client: "lynceus", Key: "one", Claims: map[string]any{}, Life: time.Hour, wrong: wrong, key: key, codes: map[string]url.Values{}, refresh: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("POST /device", p.device)
	mux.HandleFunc("POST /revoke", p.revoke)
	p.server = httptest.NewTLSServer(mux)
	p.URL = p.server.URL
	return p, nil
}

// Close ends the provider.
func (p *Provider) Close() { p.server.Close() }

// Do changes the provider.
func (p *Provider) Do(f func(*Provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
}

// HTTP returns a client that trusts the provider, as a browser does.
func (p *Provider) HTTP() *http.Client { return p.server.Client() }

// Certificate returns the provider's, as DER.
func (p *Provider) Certificate() []byte { return p.server.Certificate().Raw }

// Counts returns how many refresh tokens were used, and how many revoked.
func (p *Provider) Counts() (used, revoked int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.used, p.revoked
}

// Asked returns how often it was asked who it is and for its keys.
func (p *Provider) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Token returns an ID token, as nobody had to sign in for.
func (p *Provider) Token() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sign("")
}

// Forget makes all refresh tokens worthless.
func (p *Provider) Forget() { p.Do(func(p *Provider) { clear(p.refresh) }) }

func (p *Provider) write(w http.ResponseWriter, status int, doc any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(doc); err != nil {
		p.wrong(err)
	}
}

func (p *Provider) fail(w http.ResponseWriter, code string) {
	p.write(w, http.StatusBadRequest, map[string]string{"error": code})
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	doc := map[string]any{
		"issuer": p.URL, "jwks_uri": p.URL + "/keys", "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"revocation_endpoint": p.URL + "/revoke", "scopes_supported": []string{"openid", "email", "groups", "offline_access"},
		"id_token_signing_alg_values_supported": []string{"ES256"},
	}
	p.mu.Lock()
	p.asked++
	if !p.NoDevice {
		doc["device_authorization_endpoint"] = p.URL + "/device"
	}
	p.mu.Unlock()
	p.write(w, http.StatusOK, doc)
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.Do(func(p *Provider) { p.asked++ })
	p.write(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "one", Algorithm: "ES256", Use: "sig"}}})
}

// authorize sends the browser back at once.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != p.Client || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		p.fail(w, "invalid_request")
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	answer := url.Values{"state": {q.Get("state")}, "iss": {p.URL}}
	if p.Deny {
		answer.Set("error", "access_denied")
	} else {
		code := rand.Text()
		p.codes[code] = q
		answer.Set("code", code)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *Provider) device(w http.ResponseWriter, _ *http.Request) {
	p.write(w, http.StatusOK, map[string]any{"device_code": "device", "user_code": "ABCD-EFGH", "verification_uri": p.URL + "/go", "expires_in": 600, "interval": 1})
}

// token gives tokens for a code, a device or a refresh token, which is good
// once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		p.fail(w, "invalid_request")
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	nonce := ""
	switch r.Form.Get("grant_type") {
	case "authorization_code":
		asked, ok := p.codes[r.Form.Get("code")]
		delete(p.codes, r.Form.Get("code"))
		sum := sha256.Sum256([]byte(r.Form.Get("code_verifier")))
		if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || r.Form.Get("redirect_uri") != asked.Get("redirect_uri") {
			p.fail(w, "invalid_grant")
			return
		}
		nonce = asked.Get("nonce")
	case "urn:ietf:params:oauth:grant-type:device_code":
		if p.Deny {
			p.fail(w, "access_denied")
			return
		}
		if p.Pending > 0 {
			p.Pending--
			p.fail(w, "authorization_pending")
			return
		}
	case "refresh_token":
		if !p.refresh[r.Form.Get("refresh_token")] {
			p.fail(w, "invalid_grant")
			return
		}
		delete(p.refresh, r.Form.Get("refresh_token"))
		p.used++
	default:
		p.fail(w, "unsupported_grant_type")
		return
	}
	if p.Nonce != "" {
		nonce = p.Nonce
	}
	refresh := rand.Text()
	p.refresh[refresh] = true
	p.write(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": int(p.Life / time.Second), "refresh_token": refresh, "id_token": p.sign(nonce)})
}

func (p *Provider) revoke(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		p.fail(w, "invalid_request")
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refresh[r.Form.Get("token")] {
		delete(p.refresh, r.Form.Get("token"))
		p.revoked++
	}
}

// sign makes an ID token.
func (p *Provider) sign(nonce string) string {
	now := time.Now()
	claims := map[string]any{"iss": p.URL, "aud": p.Client, "sub": "mira", "iat": now.Unix(), "exp": now.Add(p.Life).Unix(), "jti": rand.Text()}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	for name, v := range p.Claims {
		claims[name] = v
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.key, KeyID: p.Key}}, nil)
	if err != nil {
		p.wrong(err)
		return ""
	}
	b, err := json.Marshal(claims)
	if err != nil {
		p.wrong(err)
		return ""
	}
	signed, err := signer.Sign(b)
	if err != nil {
		p.wrong(err)
		return ""
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		p.wrong(err)
	}
	return text
}
