package pods

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Config says where an API server is and as whom to ask it. It is plain data.
type Config struct {
	// Server is the URL of the API server; only https.
	Server string
	// ServerName is the name in its certificate where that is not the one in the URL.
	ServerName string
	// CA are the certificates, in PEM, of those that may have signed the server's; the system's when empty.
	CA []byte
	// Cert and Key are a client's certificate and key in PEM, if it has one.
	Cert, Key []byte
	// Token is a bearer token, TokenFile the path of a file with one that changes: it is read for each request.
	Token, TokenFile string
}

// AccountDir is where a pod finds the credentials of its service account, see
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/.
const AccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// ErrConfig is wrapped by errors that say what a configuration lacks.
var ErrConfig = errors.New("cannot reach the API server by this configuration")

// InCluster returns the configuration of a pod, whose environment names the API server's host and port and in whose
// directory dir its account is.
func InCluster(host, port, dir string) (Config, error) {
	if host == "" || port == "" {
		return Config{}, fmt.Errorf("%w: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so this runs in no pod; give a kubeconfig file", ErrConfig)
	}
	ca, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil {
		return Config{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return Config{Server: "https://" + net.JoinHostPort(host, port), CA: ca, TokenFile: filepath.Join(dir, "token")}, nil
}

// Times of connections. A watch says nothing for as long as nothing happens, so that the whole of an answer has no
// limit; a connection whose other end is gone is found out by the pings of HTTP/2.
const (
	connectWithin = 10 * time.Second
	answerWithin  = 30 * time.Second
	pingAfter     = 30 * time.Second
	pingWithin    = 15 * time.Second
)

// client returns what sends requests, and the server's URL.
func (c *Config) client() (*http.Client, *url.URL, error) {
	server, err := url.Parse(c.Server)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if server.Scheme != "https" || server.Host == "" {
		return nil, nil, fmt.Errorf("%w: the server %q is no https URL", ErrConfig, c.Server)
	}
	t := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.ServerName}
	if len(c.CA) > 0 {
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(c.CA) {
			return nil, nil, fmt.Errorf("%w: the CA file has no certificate in PEM", ErrConfig)
		}
	}
	if len(c.Cert) > 0 || len(c.Key) > 0 {
		pair, err := tls.X509KeyPair(c.Cert, c.Key)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: client certificate: %w", ErrConfig, err)
		}
		t.Certificates = []tls.Certificate{pair}
	}
	dialer := &net.Dialer{Timeout: connectWithin}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: t, TLSHandshakeTimeout: connectWithin,
			ResponseHeaderTimeout: answerWithin, ForceAttemptHTTP2: true, MaxIdleConns: 2,
			HTTP2: &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingWithin},
		},
		// The API server redirects nobody, and a token is for it alone.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, server, nil
}
