package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit"
)

// A Client is an API server, or a group of them, that may post events. It
// shows a token or a certificate.
type Client struct {
	// Name is what its events have in metadata.source, after "webhook/".
	Name string
	// Cluster and Server identify what it is; see audit.DecoderOptions. API
	// servers of one cluster that share a token may leave Server empty.
	Cluster, Server string
	// TokenHash is the HashToken of its bearer token; zero for none.
	TokenHash [sha256.Size]byte
	// Certificate is the common name of its client certificate, which the
	// server verifies; "" for none.
	Certificate string
	// Email is the address of the service account whose identity token it shows,
	// made for Audience (Options.Identify); "" for none. Pub/Sub signs its pushes
	// so.
	Email, Audience string
}

// HashToken returns what is kept of a token. Tokens are to be random and of
// 128 bits or more, so that a plain hash does not help to guess them.
func HashToken(token string) [sha256.Size]byte { return sha256.Sum256([]byte(token)) }

// sourcePrefix begins the names of sources.
const sourcePrefix = "webhook/"

func (c *Client) origin() audit.Origin {
	return audit.Origin{Source: sourcePrefix + c.Name, Cluster: c.Cluster, Server: c.Server}
}

// checkClients says what is wrong with a list of clients.
func checkClients(clients []Client) error {
	names, tokens, certificates, identities := map[string]bool{}, map[[sha256.Size]byte]bool{}, map[string]bool{}, map[string]bool{}
	for i := range clients {
		c := &clients[i]
		hasToken := c.TokenHash != [sha256.Size]byte{}
		switch {
		case c.Name == "":
			return errors.New("webhook: a client has no name; give it one, its events are told apart by it")
		case names[c.Name]:
			return fmt.Errorf("webhook: two clients are named %q; give each a name of its own", c.Name)
		case !hasToken && c.Certificate == "" && c.Email == "":
			return fmt.Errorf("webhook: client %q has neither token nor certificate; give it one of them", c.Name)
		case (c.Email == "") != (c.Audience == ""):
			return fmt.Errorf("webhook: client %q has an address without an audience, or an audience without an address; give both", c.Name)
		case hasToken && tokens[c.TokenHash], c.Certificate != "" && certificates[c.Certificate], c.Email != "" && identities[c.Email+" "+c.Audience]:
			return fmt.Errorf("webhook: client %q shares its token, certificate or address with another; give each its own", c.Name)
		}
		identities[c.Email+" "+c.Audience] = true
		names[c.Name] = true
		tokens[c.TokenHash] = hasToken
		certificates[c.Certificate] = true
	}
	return nil
}

// authenticate returns the client that a request comes from, nil for none. A
// token that is shown must be right, whatever certificate comes with it. It is
// a bearer token, the password of a user whose name does not matter, since
// Falco's http_output can send no header but has an address, or what the way
// has for one.
func (h *Handler) authenticate(r *http.Request, way *way) *Client {
	clients := *h.clients.Load()
	if way.credential != nil {
		if token := way.credential(r); token != "" {
			return byToken(HashToken(token), clients)
		}
	}
	if _, password, ok := r.BasicAuth(); ok {
		return byToken(HashToken(password), clients)
	}
	if header, shown := r.Header["Authorization"]; shown {
		scheme, token, ok := strings.Cut(strings.Join(header, ","), " ")
		if !ok || !strings.EqualFold(scheme, "Bearer") {
			return nil
		}
		token = strings.TrimSpace(token)
		if found := byToken(HashToken(token), clients); found != nil {
			return found
		}
		return h.byIdentity(r, token, clients)
	}
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return nil
	}
	name := r.TLS.VerifiedChains[0][0].Subject.CommonName
	for i := range clients {
		if name != "" && clients[i].Certificate == name {
			return &clients[i]
		}
	}
	return nil
}

// maxIdentity is the longest token that is taken for one of an identity, in
// bytes. Google's have some 900.
const maxIdentity = 8 << 10

// byIdentity returns the client whose service account an identity token is of,
// nil for none.
func (h *Handler) byIdentity(r *http.Request, token string, clients []Client) *Client {
	if h.opts.Identify == nil || len(token) > maxIdentity || strings.Count(token, ".") != 2 {
		return nil
	}
	asked := map[string]bool{}
	for i := range clients {
		audience := clients[i].Audience
		if audience == "" || asked[audience] {
			continue
		}
		asked[audience] = true
		email, err := h.opts.Identify(r.Context(), token, audience)
		if err != nil {
			continue // another client may be meant
		}
		for j := range clients {
			if clients[j].Audience == audience && clients[j].Email == email {
				return &clients[j]
			}
		}
	}
	return nil
}

// byToken takes the same time whichever client it is.
func byToken(hash [sha256.Size]byte, clients []Client) *Client {
	var found *Client
	for i := range clients {
		c := &clients[i]
		if subtle.ConstantTimeCompare(hash[:], c.TokenHash[:]) == 1 && c.TokenHash != [sha256.Size]byte{} {
			found = c
		}
	}
	return found
}
