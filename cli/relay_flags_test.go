package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/collect/relay"
)

func TestRelayFlags(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args  []string
		fails string // what the error says
	}{
		"none":           {nil, ""},
		"TLS":            {[]string{"--hubble", "relay:443"}, ""},
		"two clusters":   {[]string{"--hubble", "prod=relay:443", "--hubble", "test=10.0.0.7:443", "--hubble-name", "ui.hubble-relay.cilium.io"}, ""},
		"plain":          {[]string{"--hubble", "relay:80", "--hubble-plain"}, ""},
		"no port":        {[]string{"--hubble", "relay"}, "HOST:PORT"},
		"no cluster":     {[]string{"--hubble", "=relay:80"}, "CLUSTER=HOST:PORT"},
		"no server":      {[]string{"--hubble-plain"}, "need --hubble"},
		"plain and more": {[]string{"--hubble", "relay:80", "--hubble-plain", "--hubble-ca", file}, "no use"},
		"no key":         {[]string{"--hubble", "relay:80", "--hubble-cert", file}, "both"},
		"no certificate": {[]string{"--hubble", "relay:80", "--hubble-cert", file, "--hubble-key", file}, "--hubble-cert"},
		"no authority":   {[]string{"--hubble", "relay:80", "--hubble-ca", file}, "no certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			var f relayFlags
			s := pflag.NewFlagSet("up", pflag.ContinueOnError)
			f.register(s, "hubble", "flows of Hubble's relay", "")
			if err := s.Parse(test.args); err != nil {
				t.Fatal(err)
			}
			o, err := f.options(relay.Hubble)
			if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Fatalf("%v", err)
			}
			switch name {
			case "two clusters":
				if len(o) != 2 || o[0].Cluster != "prod" || o[1].Address != "10.0.0.7:443" || o[1].TLS.ServerName != "ui.hubble-relay.cilium.io" {
					t.Errorf("%+v", o)
				}
			case "plain":
				if len(o) != 1 || o[0].TLS != nil {
					t.Errorf("%+v", o)
				}
			case "TLS":
				if len(o) != 1 || o[0].TLS == nil || o[0].Cluster != "" {
					t.Errorf("%+v", o)
				}
			}
		})
	}
}
