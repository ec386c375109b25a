package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/peer"
)

// fakeNodes answer by the name of the node that is asked.
type fakeNodes struct{}

func (fakeNodes) Nodes() []api.Node { return nil }

func (fakeNodes) Command(_ context.Context, c api.NodeCommand, by string) (peer.Answer, error) {
	switch c.Node {
	case "away":
		return peer.Answer{}, api.ErrNotConnected
	case "governed":
		return peer.Answer{}, api.ErrGoverned
	case "slow":
		return peer.Answer{}, errors.New("no answer")
	case "unable":
		return peer.Answer{Error: "no such file"}, nil
	}
	return peer.Answer{Body: json.RawMessage(`{"by":"` + by + `"}`)}, nil
}

// Who may ask nodes what, and what becomes of it.
func TestNodeCommands(t *testing.T) {
	s := newSite(t, func(o *api.Options) { o.Nodes = fakeNodes{} })
	for _, tt := range []struct {
		role       token.Role
		kind, node string
		status     int
		says       string
	}{
		{token.Analyst, "report", "n", http.StatusForbidden, "responder"},
		{token.Responder, "report", "n", http.StatusOK, `"by"`},
		{token.Responder, "hash", "n", http.StatusOK, `"by"`},
		{token.Responder, "inventory", "", http.StatusOK, `"by"`},
		{token.Responder, "policy", "n", http.StatusForbidden, "admin"},
		{token.Admin, "policy", "n", http.StatusOK, `"by"`},
		{token.Admin, "policy", "governed", http.StatusConflict, "lynceus nodes set"},
		{token.Admin, "rules", "n", http.StatusBadRequest, "capture, hash, inventory, policy, report"},
		{token.Admin, "hash", "away", http.StatusNotFound, "away"},
		{token.Admin, "hash", "unable", http.StatusBadRequest, "no such file"},
		{token.Admin, "hash", "slow", http.StatusServiceUnavailable, "no answer"},
	} {
		answer, body := s.ask(t, "POST", "/api/v1/nodes/command", tt.role, fmt.Sprintf(`{"cluster":"prod","node":%q,"kind":%q}`, tt.node, tt.kind))
		if answer.StatusCode != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("%s by %s: %d %s", tt.kind, tt.role, answer.StatusCode, body)
		}
	}
}
