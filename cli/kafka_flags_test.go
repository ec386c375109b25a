package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestKafkaFlags(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("Endpoint=sb://x/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	hubs := []string{"--kafka", "x.servicebus.windows.net:9093", "--kafka-topic", "a,b", "--kafka-user", "$ConnectionString", "--kafka-password-file", secret}
	for name, test := range map[string]struct {
		args  []string
		fails string // what the error says
	}{
		"none":              {nil, ""},
		"Event Hubs":        {hubs, ""},
		"no brokers":        {[]string{"--kafka-topic", "a"}, "needs --kafka"},
		"no topic":          {[]string{"--kafka", "b:9092"}, "needs --kafka-topic"},
		"no password":       {hubs[:6], "both"},
		"password in clear": {append(hubs, "--kafka-plain"), "in clear"},
		"no such file":      {append(hubs[:7:7], secret+"x"), "no such file"},
		"no certificate":    {append(hubs, "--kafka-ca", secret), "no certificate"},
		"plain":             {[]string{"--kafka", "b:9092", "--kafka-topic", "a", "--kafka-plain"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var f kafkaFlags
			s := pflag.NewFlagSet("up", pflag.ContinueOnError)
			f.register(s)
			if err := s.Parse(test.args); err != nil {
				t.Fatal(err)
			}
			o, err := f.options()
			if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Fatalf("%v", err)
			}
			if err != nil || len(test.args) == 0 {
				return
			}
			if plain := name == "plain"; plain != (o.TLS == nil) || !plain && (o.Password != "Endpoint=sb://x/" || len(o.Topics) != 2) {
				t.Errorf("%+v", o)
			}
		})
	}
}
