package webhook

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// TLSFiles name the files of a server's identity, in PEM.
type TLSFiles struct {
	// Certificate, with those between it and its authority, and Key.
	Certificate, Key string
	// ClientAuthority has the certificates that clients' must come from; "" for
	// clients that show tokens.
	ClientAuthority string
}

// lookEvery is how often files are looked at for a new certificate.
const lookEvery = 10 * time.Second

// TLSConfig returns a configuration that follows the files: certificates that
// are renewed are used from the next handshakes on, and as long as new ones
// cannot be read the old ones stay. The error is about the files as they are
// now. TLS 1.2 is the oldest version, as for API servers.
func TLSConfig(files TLSFiles) (*tls.Config, error) {
	k := &keeper{files: files}
	config, err := k.load()
	if err != nil {
		return nil, err
	}
	k.config, k.stamps = config, k.stamp()
	k.looked = time.Now()
	outer := config.Clone()
	outer.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return k.current(time.Now()), nil }
	return outer, nil
}

// A keeper keeps a configuration up to date.
type keeper struct {
	files  TLSFiles
	mu     sync.Mutex
	config *tls.Config
	stamps [3]time.Time
	looked time.Time
}

// current returns the configuration by what the files say.
func (k *keeper) current(now time.Time) *tls.Config {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now.Sub(k.looked) < lookEvery {
		return k.config
	}
	k.looked = now
	stamps := k.stamp()
	if stamps == k.stamps {
		return k.config
	}
	if config, err := k.load(); err == nil {
		k.config, k.stamps = config, stamps
	}
	return k.config
}

// stamp returns when the files were changed.
func (k *keeper) stamp() (stamps [3]time.Time) {
	for i, name := range []string{k.files.Certificate, k.files.Key, k.files.ClientAuthority} {
		if info, err := os.Stat(name); err == nil {
			stamps[i] = info.ModTime()
		}
	}
	return stamps
}

// load makes a configuration of the files.
func (k *keeper) load() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(k.files.Certificate, k.files.Key)
	if err != nil {
		return nil, fmt.Errorf("webhook: read the server's certificate: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}}
	if k.files.ClientAuthority == "" {
		return config, nil
	}
	pem, err := os.ReadFile(k.files.ClientAuthority)
	if err != nil {
		return nil, fmt.Errorf("webhook: read the authority of clients: %w", err)
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("webhook: read the authority of clients: %w", errors.New("no certificate in "+k.files.ClientAuthority))
	}
	config.ClientAuth = tls.VerifyClientCertIfGiven
	return config, nil
}
