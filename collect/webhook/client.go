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
	names, tokens, certificates := map[string]bool{}, map[[sha256.Size]byte]bool{}, map[string]bool{}
	for i := range clients {
		c := &clients[i]
		hasToken := c.TokenHash != [sha256.Size]byte{}
		switch {
		case c.Name == "":
			return errors.New("webhook: a client has no name; give it one, its events are told apart by it")
		case names[c.Name]:
			return fmt.Errorf("webhook: two clients are named %q; give each a name of its own", c.Name)
		case !hasToken && c.Certificate == "":
			return fmt.Errorf("webhook: client %q has neither token nor certificate; give it one of them", c.Name)
		case hasToken && tokens[c.TokenHash], c.Certificate != "" && certificates[c.Certificate]:
			return fmt.Errorf("webhook: client %q shares its token or certificate with another; give each its own", c.Name)
		}
		names[c.Name] = true
		tokens[c.TokenHash] = hasToken
		certificates[c.Certificate] = true
	}
	return nil
}

// authenticate returns the client that a request comes from, nil for none. A
// token that is shown must be right, whatever certificate comes with it.
func authenticate(r *http.Request, clients []Client) *Client {
	if header, shown := r.Header["Authorization"]; shown {
		scheme, token, ok := strings.Cut(strings.Join(header, ","), " ")
		if !ok || !strings.EqualFold(scheme, "Bearer") {
			return nil
		}
		return byToken(HashToken(strings.TrimSpace(token)), clients)
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
