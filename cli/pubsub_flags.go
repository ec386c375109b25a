package cli

import (
	"context"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/collect/pubsub"
	"github.com/lynceus-io/lynceus/collect/webhook"
)

// pubsubFlags say which subscriptions of Google Pub/Sub to pull from.
type pubsubFlags struct {
	subscriptions     []string
	key, endpoint, ca string
}

func (f *pubsubFlags) register(s *pflag.FlagSet) {
	s.StringArrayVar(&f.subscriptions, "pubsub", nil, "pull the events of Google Pub/Sub's `SUBSCRIPTION`, projects/PROJECT/subscriptions/NAME (repeatable); CLUSTER=SUBSCRIPTION names the cluster, which is else that of --cluster")
	s.StringVar(&f.key, "pubsub-key", "", "`FILE` with the key of the service account to pull as, in JSON")
	s.StringVar(&f.endpoint, "pubsub-endpoint", pubsub.DefaultEndpoint, "`URL` of the API")
	s.StringVar(&f.ca, "pubsub-ca", "", "`FILE` with the authority of its certificate, where the system does not know it")
}

// options returns what they say, one for each subscription.
func (f *pubsubFlags) options() (out []pubsub.PullOptions, err error) {
	switch {
	case len(f.subscriptions) == 0 && (f.key != "" || f.ca != "" || f.endpoint != pubsub.DefaultEndpoint):
		return nil, &usageError{"--pubsub-key, -endpoint and -ca need --pubsub SUBSCRIPTION"}
	case len(f.subscriptions) == 0:
		return nil, nil
	case f.key == "" && f.endpoint == pubsub.DefaultEndpoint:
		return nil, &usageError{"--pubsub needs --pubsub-key FILE: without a service account Google gives nothing"}
	}
	var key *pubsub.Key
	if f.key != "" {
		text, err := readBounded(f.key, maxCA)
		if err != nil {
			return nil, fmt.Errorf("--pubsub-key: %w", err)
		}
		if key, err = pubsub.ParseKey(text); err != nil {
			return nil, fmt.Errorf("--pubsub-key %s: %w", f.key, err)
		}
	}
	authorities, err := pool("--pubsub-ca", f.ca)
	if err != nil {
		return nil, err
	}
	for _, text := range f.subscriptions {
		o := pubsub.PullOptions{Subscription: text, Endpoint: f.endpoint, Key: key, Authorities: authorities}
		if cluster, subscription, named := strings.Cut(text, "="); named {
			o.Cluster, o.Subscription = cluster, subscription
		}
		out = append(out, o)
	}
	return out, nil
}

// pool returns the certificates of a file that a flag names, nil for no file.
func pool(flag, file string) (*x509.CertPool, error) {
	config, err := trust(flag, file)
	if config == nil || err != nil {
		return nil, err
	}
	return config.RootCAs, nil
}

// identityFlags say who signs the identity tokens that clients of the webhook
// show.
type identityFlags struct{ issuer, ca string }

func (f *identityFlags) register(s *pflag.FlagSet) {
	s.StringVar(&f.issuer, "webhook-issuer", pubsub.GoogleIssuer, "`URL` of who signs the identity tokens of --webhook-client NAME=google:...")
	s.StringVar(&f.ca, "webhook-issuer-ca", "", "`FILE` with the authority of its certificate, where the system does not know it")
}

// options returns who knows whose tokens are; nil where no client shows any.
func (f *identityFlags) options(clients []webhook.Client) (func(ctx context.Context, token, audience string) (string, error), error) {
	for i := range clients {
		if clients[i].Email == "" {
			continue
		}
		authorities, err := pool("--webhook-issuer-ca", f.ca)
		if err != nil {
			return nil, err
		}
		who, err := pubsub.NewIdentifier(f.issuer, authorities, time.Now)
		if err != nil {
			return nil, fmt.Errorf("--webhook-issuer: %w", err)
		}
		return who.Identify, nil
	}
	return nil, nil
}
