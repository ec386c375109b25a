package cli

import (
	"context"
	"net/url"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/token"
)

// serverTokens are the tokens of a server.
type serverTokens struct {
	ctx    context.Context // of the command, which asks once
	client *client.Client
}

// List implements tokenKeeper.
func (s *serverTokens) List() ([]token.Token, error) {
	var out struct {
		Tokens []token.Token `json:"tokens"`
	}
	err := s.client.Do(s.ctx, "GET", "/api/v1/tokens", nil, nil, &out)
	return out.Tokens, err
}

// Create implements tokenKeeper. The server knows by whom.
func (s *serverTokens) Create(n token.New) (token.Token, string, error) {
	var out api.MadeToken
	err := s.client.Do(s.ctx, "POST", "/api/v1/tokens", nil, api.NewToken{Name: n.Name, Role: n.Role, Cluster: n.Cluster, Node: n.Node, Scope: n.Scope, Seconds: int64(n.Life / time.Second)}, &out)
	return out.Token, out.Secret, err
}

// Revoke implements tokenKeeper.
func (s *serverTokens) Revoke(id string) (token.Token, error) {
	var out token.Token
	err := s.client.Do(s.ctx, "DELETE", "/api/v1/tokens/"+url.PathEscape(id), nil, nil, &out)
	return out, err
}
