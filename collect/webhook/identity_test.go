package webhook

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// Pub/Sub shows a token that its issuer signed; whose it is, and for whom, says which client it is.
func TestIdentity(t *testing.T) {
	asked := 0
	identify := func(_ context.Context, token, audience string) (string, error) {
		asked++
		if token == "signed.by."+audience {
			return "pusher@example.org", nil
		}
		return "", errors.New("not good")
	}
	s := start(t, func(o *Options) {
		o.Identify = identify
		o.Clients = append(o.Clients, Client{Name: "gke", Cluster: "gke", Email: "pusher@example.org", Audience: "here"}, Client{Name: "other", Email: "other@example.org", Audience: "there"})
	})
	for name, test := range map[string]struct {
		token          string
		status, events int
	}{
		"good":             {"signed.by.here", 200, 1},
		"another address":  {"signed.by.there", 401, 0},
		"another audience": {"signed.by.nobody", 401, 0},
		"no such token":    {"signed", 401, 0},
		"too long":         {"signed.by." + strings.Repeat("x", maxIdentity), 401, 0},
		"a client's own":   {"one", 200, 1},
	} {
		before := asked
		status, answer, _ := send(t, s.url+"/pubsub", pubsub(doc(name)), "Authorization", "Bearer "+test.token)
		if status != test.status {
			t.Errorf("%s: %d %s", name, status, answer)
		}
		if strings.Count(test.token, ".") != 2 && asked != before {
			t.Errorf("%s: the issuer was asked", name)
		}
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	if s.sink.sources["webhook/gke gke"] != 1 {
		t.Errorf("%v", s.sink.sources)
	}
	for _, bad := range [][]Client{
		{{Name: "a", Email: "x@example.org"}}, {{Name: "a", Audience: "here", TokenHash: HashToken("a")}},
		{{Name: "a", Email: "x", Audience: "y"}, {Name: "b", Email: "x", Audience: "y"}},
	} {
		if err := checkClients(bad); err == nil {
			t.Errorf("%+v", bad)
		}
	}
}
