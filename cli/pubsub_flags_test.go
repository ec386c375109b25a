package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/internal/pubsubtest"
)

func TestPubSubFlags(t *testing.T) {
	dir := t.TempDir()
	key, bad := filepath.Join(dir, "key.json"), filepath.Join(dir, "bad.json")
	for name, text := range map[string][]byte{key: pubsubtest.New(t).KeyFile(), bad: []byte("{}")} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		args  []string
		fails string // what the error says
	}{
		"none":          {nil, ""},
		"one":           {[]string{"--pubsub", "prod=" + pubsubtest.Subscription, "--pubsub-key", key}, ""},
		"an emulator":   {[]string{"--pubsub", pubsubtest.Subscription, "--pubsub-endpoint", "http://127.0.0.1:8085"}, ""},
		"no key":        {[]string{"--pubsub", pubsubtest.Subscription}, "--pubsub-key"},
		"a bad key":     {[]string{"--pubsub", pubsubtest.Subscription, "--pubsub-key", bad}, "service account"},
		"no such key":   {[]string{"--pubsub", pubsubtest.Subscription, "--pubsub-key", key + "x"}, "no such file"},
		"nothing to do": {[]string{"--pubsub-key", key}, "need --pubsub"},
		"no authority":  {[]string{"--pubsub", pubsubtest.Subscription, "--pubsub-key", key, "--pubsub-ca", bad}, "no certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			var f pubsubFlags
			s := pflag.NewFlagSet("up", pflag.ContinueOnError)
			f.register(s)
			if err := s.Parse(test.args); err != nil {
				t.Fatal(err)
			}
			o, err := f.options()
			if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Fatalf("%v", err)
			}
			if name == "one" && (len(o) != 1 || o[0].Cluster != "prod" || o[0].Subscription != pubsubtest.Subscription || o[0].Key == nil) {
				t.Errorf("%+v", o)
			}
		})
	}
}

func TestReadClientIdentity(t *testing.T) {
	c, err := readClient("gke@prod=google:pusher@example.org,https://lynceus.example.org/pubsub")
	if err != nil || c.Name != "gke" || c.Cluster != "prod" || c.Email != "pusher@example.org" || c.Audience != "https://lynceus.example.org/pubsub" {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := readClient("gke=google:pusher@example.org"); err == nil {
		t.Error("no audience")
	}
	f := identityFlags{issuer: "https://accounts.google.com"}
	if who, err := f.options(nil); who != nil || err != nil {
		t.Errorf("%v", err)
	}
}
