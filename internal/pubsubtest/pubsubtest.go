// Package pubsubtest is Google Pub/Sub for tests, as far as Lynceus uses it: a
// subscription that gives what is not acknowledged again and again, fails now and
// then, and wants a token of a service account.
package pubsubtest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// Subscription is the name of the only one.
const Subscription = "projects/shop/subscriptions/audit"

// A Server is one. Do changes it.
type Server struct {
	// URL is where it is.
	URL string
	// FailPulls and FailAcks are how many requests of each fail next.
	FailPulls, FailAcks int

	t       *testing.T
	mu      sync.Mutex
	key     *rsa.PrivateKey
	tokens  map[string]bool
	waiting []message
	pulls   int
	acked   int
	given   int // messages, those that were given again too
}

type message struct{ id, data string }

// New starts a server that ends with the test.
func New(t *testing.T) *Server {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, key: key, tokens: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("POST /v1/"+Subscription+":pull", s.guard(s.pull))
	mux.HandleFunc("POST /v1/"+Subscription+":acknowledge", s.guard(s.acknowledge))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// KeyFile returns the file of a service account that may read the subscription.
func (s *Server) KeyFile() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	b, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "reader@shop.iam.gserviceaccount.com", "private_key_id": "one", "token_uri": s.URL + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// Do changes the server between requests.
func (s *Server) Do(f func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// Publish adds messages.
func (s *Server) Publish(data ...string) {
	s.Do(func(s *Server) {
		for _, d := range data {
			s.waiting = append(s.waiting, message{fmt.Sprint("m", s.pulls, "-", len(s.waiting), rand.Text()), d})
		}
	})
}

// Counts returns how many messages wait, were given, and were acknowledged.
func (s *Server) Counts() (waiting, given, acked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting), s.given, s.acked
}

func (s *Server) write(w http.ResponseWriter, status int, doc any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ") // as Google does
	if err := e.Encode(doc); err != nil {
		s.t.Error(err)
	}
}

func (s *Server) refuse(w http.ResponseWriter, status int, why string) {
	s.write(w, status, map[string]any{"error": map[string]any{"code": status, "message": why}})
}

// token gives a token for an assertion that the account signed (RFC 7523).
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	signed, err := jose.ParseSignedCompact(r.PostFormValue("assertion"), []jose.SignatureAlgorithm{jose.RS256})
	if err == nil {
		_, err = signed.Verify(&s.key.PublicKey)
	}
	if err != nil || r.PostFormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		s.write(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	token := rand.Text()
	s.Do(func(s *Server) { s.tokens[token] = true })
	s.write(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600})
}

func (s *Server) guard(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		s.mu.Lock()
		known := s.tokens[token]
		s.mu.Unlock()
		if !known {
			s.refuse(w, http.StatusUnauthorized, "no token of an account")
			return
		}
		next(w, r)
	}
}

// pull gives what waits, whoever has it already.
func (s *Server) pull(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Most int `json:"maxMessages"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Most <= 0 {
		s.refuse(w, http.StatusBadRequest, "no maxMessages")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulls++
	if s.FailPulls > 0 {
		s.FailPulls--
		s.refuse(w, http.StatusServiceUnavailable, "come again")
		return
	}
	list := []map[string]any{}
	for _, m := range s.waiting[:min(in.Most, len(s.waiting))] {
		s.given++
		list = append(list, map[string]any{"ackId": m.id, "message": map[string]any{
			"data": base64.StdEncoding.EncodeToString([]byte(m.data)), "messageId": m.id, "publishTime": "2026-01-02T03:04:05Z",
		}})
	}
	s.write(w, http.StatusOK, map[string]any{"receivedMessages": list})
}

func (s *Server) acknowledge(w http.ResponseWriter, r *http.Request) {
	var in struct {
		IDs []string `json:"ackIds"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		s.refuse(w, http.StatusBadRequest, "no ackIds")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.FailAcks > 0 {
		s.FailAcks--
		s.refuse(w, http.StatusServiceUnavailable, "come again")
		return
	}
	before := len(s.waiting)
	s.waiting = slices.DeleteFunc(s.waiting, func(m message) bool { return slices.Contains(in.IDs, m.id) })
	s.acked += before - len(s.waiting)
	s.write(w, http.StatusOK, struct{}{})
}
