package cli

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/hub"
)

// busFlags say where the bus is.
type busFlags struct {
	url, name, credentials string
	ca, certificate, key   string
	replicas, partitions   int
}

func (f *busFlags) register(s *pflag.FlagSet) {
	s.StringVar(&f.url, "bus", "", "keep the bus and what is decided on the NATS servers at `URL`, nats://HOST:4222 or tls://HOST:4222, several separated by commas, not in the data directory; with a password as file:PATH or env:NAME of what holds it")
	s.StringVar(&f.name, "bus-name", "", "`NAME` that streams and subjects begin with there, where several installations share it (default lynceus)")
	s.StringVar(&f.credentials, "bus-credentials", "", "NATS credentials `FILE` to sign in with")
	s.StringVar(&f.ca, "bus-ca", "", "trust only the certificates in `FILE` (PEM) of the servers, not those that the system trusts")
	s.StringVar(&f.certificate, "bus-cert", "", "certificate `FILE` to show the servers, in PEM")
	s.StringVar(&f.key, "bus-key", "", "key `FILE` of that certificate")
	s.IntVar(&f.partitions, "bus-partitions", 0, "how many shares the work of detection has, where --role gives it processes of its own: each has whole clusters; fixed by the first process (default 8)")
	s.IntVar(&f.replicas, "bus-replicas", 0, "how many servers keep each batch: 3 survive the loss of one (default 1)")
}

// options returns what the flags say, nil for a bus in the data directory.
func (f *busFlags) options(a *app, changed func(flag string) bool) (*hub.BusOptions, error) {
	if f.url == "" {
		for _, name := range []string{"name", "credentials", "ca", "cert", "key", "partitions", "replicas"} {
			if changed("bus-" + name) {
				return nil, &usageError{"--bus-" + name + " needs --bus URL"}
			}
		}
		return nil, nil
	}
	o := &hub.BusOptions{Name: f.name, Credentials: f.credentials, Replicas: f.replicas, Partitions: f.partitions}
	var urls []string
	if strings.HasPrefix(f.url, "env:") || strings.HasPrefix(f.url, "file:") {
		text, err := a.secretURL("--bus", f.url)
		if err != nil {
			return nil, err
		}
		urls = strings.Split(text, ",")
	} else {
		urls = strings.Split(f.url, ",")
		for _, one := range urls {
			if u, err := url.Parse(one); err == nil && u.User != nil {
				return nil, &usageError{"--bus: everybody on this machine can read a password or token in an argument: put the URL into a file or a variable, and give file:PATH or env:NAME; or sign in with --bus-credentials or --bus-cert"}
			}
		}
	}
	for i, one := range urls {
		one = strings.TrimSpace(one)
		u, err := url.Parse(one)
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return nil, &usageError{"--bus: write nats://HOST:4222 or tls://HOST:4222, or file:PATH or env:NAME of what holds it"}
		}
		urls[i] = one
	}
	o.URL = strings.Join(urls, ",")
	if f.replicas < 0 || f.replicas > 5 {
		return nil, &usageError{fmt.Sprintf("--bus-replicas %d: NATS keeps 1 to 5 copies", f.replicas)}
	}
	if (f.certificate == "") != (f.key == "") {
		return nil, &usageError{"give both --bus-cert and --bus-key, or neither"}
	}
	var err error
	if o.TLS, err = trust("--bus-ca", f.ca); err != nil || f.certificate == "" {
		return o, err
	}
	pair, err := tls.LoadX509KeyPair(f.certificate, f.key)
	if err != nil {
		return nil, fmt.Errorf("--bus-cert: %w", err)
	}
	if o.TLS == nil {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	o.TLS.Certificates = []tls.Certificate{pair}
	return o, nil
}
