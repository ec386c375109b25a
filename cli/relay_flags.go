package cli

import (
	"crypto/tls"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/collect/relay"
)

// relayFlags say which servers of a kind to read events from by gRPC.
type relayFlags struct {
	flag      string // the first flag, whose name begins those of the others
	addresses []string
	ca, name  string
	cert, key string
	plain     bool
}

// register adds the flags --FLAG, --FLAG-ca and so on. what says what comes from
// there, names what its certificate may be for.
func (f *relayFlags) register(s *pflag.FlagSet, flag, what, names string) {
	f.flag = flag
	s.StringArrayVar(&f.addresses, flag, nil, "read the "+what+" at `HOST:PORT`, by gRPC (repeatable); CLUSTER=HOST:PORT names the cluster, which is else that of --cluster")
	s.StringVar(&f.ca, flag+"-ca", "", "`FILE` with the authority of its certificate, where the system does not know it")
	s.StringVar(&f.name, flag+"-name", "", "`NAME` that its certificate is for, where that is not HOST"+names)
	s.StringVar(&f.cert, flag+"-cert", "", "`FILE` with the certificate to show it, in PEM")
	s.StringVar(&f.key, flag+"-key", "", "key `FILE` of that certificate")
	s.BoolVar(&f.plain, flag+"-plain", false, "talk to it without TLS")
}

// given reports whether a server is named.
func (f *relayFlags) given() bool { return len(f.addresses) > 0 }

// options returns what they say, one for each server.
func (f *relayFlags) options(service relay.Service) (out []relay.Options, err error) {
	others := f.ca != "" || f.name != "" || f.cert != "" || f.key != ""
	switch {
	case !f.given() && !others && !f.plain:
		return nil, nil
	case !f.given():
		return nil, &usageError{fmt.Sprintf("--%[1]s-ca, -name, -cert, -key and -plain need --%[1]s HOST:PORT", f.flag)}
	case f.plain && others:
		return nil, &usageError{fmt.Sprintf("--%[1]s-plain has no use for --%[1]s-ca, -name, -cert and -key; leave one out", f.flag)}
	case (f.cert == "") != (f.key == ""):
		return nil, &usageError{fmt.Sprintf("give both --%[1]s-cert and --%[1]s-key, or neither", f.flag)}
	}
	config, err := f.tls()
	if err != nil {
		return nil, err
	}
	for _, text := range f.addresses {
		o := relay.Options{Service: service, Address: text, TLS: config}
		if cluster, address, named := strings.Cut(text, "="); named {
			o.Cluster, o.Address = cluster, address
		}
		host, port, err := net.SplitHostPort(o.Address)
		if err != nil || host == "" || port == "" || o.Cluster == "" && o.Address != text {
			return nil, &usageError{fmt.Sprintf("--%s %q: write HOST:PORT, or CLUSTER=HOST:PORT", f.flag, text)}
		}
		out = append(out, o)
	}
	return out, nil
}

// tls returns how the server is known and what it is shown, nil for a plain
// connection.
func (f *relayFlags) tls() (*tls.Config, error) {
	if f.plain {
		return nil, nil
	}
	config, err := trust("--"+f.flag+"-ca", f.ca)
	if err != nil {
		return nil, err
	}
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config.ServerName = f.name
	if f.cert == "" {
		return config, nil
	}
	if _, err := tls.LoadX509KeyPair(f.cert, f.key); err != nil {
		return nil, fmt.Errorf("--%s-cert: %w", f.flag, err)
	}
	// Certificates in a cluster last some days or weeks, and are renewed in
	// place: the file is read at each handshake.
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		return &pair, err
	}
	return config, nil
}
