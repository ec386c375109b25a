package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestBusFlags(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(secret, []byte("nats://user:word@a:4222, tls://b:4222\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args       []string
		url, fails string
	}{
		"none":             {nil, "", ""},
		"several":          {[]string{"--bus", "nats://a:4222,tls://b:4222", "--bus-replicas", "3"}, "nats://a:4222,tls://b:4222", ""},
		"in a file":        {[]string{"--bus", "file:" + secret}, "nats://user:word@a:4222,tls://b:4222", ""},
		"password in args": {[]string{"--bus", "nats://user:word@a:4222"}, "", "everybody"},
		"token in args":    {[]string{"--bus", "nats://token@a:4222"}, "", "everybody"},
		"no NATS":          {[]string{"--bus", "http://a:4222"}, "", "nats://HOST"},
		"no host":          {[]string{"--bus", "a:4222"}, "", "nats://HOST"},
		"no bus":           {[]string{"--bus-replicas", "3"}, "", "needs --bus URL"},
		"too many":         {[]string{"--bus", "nats://a", "--bus-replicas", "6"}, "", "1 to 5"},
		"half a pair":      {[]string{"--bus", "tls://a", "--bus-cert", secret}, "", "both"},
		"no certificate":   {[]string{"--bus", "tls://a", "--bus-cert", secret, "--bus-key", secret}, "", "--bus-cert"},
		"no authority":     {[]string{"--bus", "tls://a", "--bus-ca", secret}, "", "no certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			var f busFlags
			s := pflag.NewFlagSet("up", pflag.ContinueOnError)
			f.register(s)
			if err := s.Parse(test.args); err != nil {
				t.Fatal(err)
			}
			o, err := f.options(&app{}, s.Changed)
			if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Fatalf("%v", err)
			}
			if err != nil {
				return
			}
			got := ""
			if o != nil {
				got = o.URL
			}
			if got != test.url {
				t.Errorf("bus at %q, want %q", got, test.url)
			}
		})
	}
}
