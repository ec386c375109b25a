package pubsub

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"

	"golang.org/x/oauth2/jwt"
)

// scope is what a token is asked for.
const scope = "https://www.googleapis.com/auth/pubsub"

// A Key is that of a service account, as Google gives it out as a JSON file.
type Key struct{ config jwt.Config }

// ParseKey reads such a file.
func ParseKey(text []byte) (*Key, error) {
	var k struct {
		Type  string `json:"type"`
		Email string `json:"client_email"`
		Key   string `json:"private_key"`
		ID    string `json:"private_key_id"`
		Token string `json:"token_uri"`
	}
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, fmt.Errorf("a key of a service account: %w", err)
	}
	u, err := url.Parse(k.Token)
	block, _ := pem.Decode([]byte(k.Key))
	switch {
	case k.Type != "service_account":
		return nil, fmt.Errorf("a key of a service account: its type is %.40q; make one with gcloud iam service-accounts keys create", k.Type)
	case k.Email == "" || block == nil:
		return nil, errors.New("a key of a service account: client_email or private_key is missing")
	case err != nil || !secure(u):
		return nil, fmt.Errorf("a key of a service account: token_uri %.200q is no https URL", k.Token)
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		return nil, errors.New("a key of a service account: private_key is none")
	}
	return &Key{jwt.Config{Email: k.Email, PrivateKey: []byte(k.Key), PrivateKeyID: k.ID, TokenURL: k.Token, Scopes: []string{scope}}}, nil
}
