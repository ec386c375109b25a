package pubsub

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

const (
	// patience is how long an answer may take: a pull waits for messages.
	patience = 2 * time.Minute
	// maxAnswer bounds an answer, in bytes. A message has 10 MB at most, a third
	// more as base64.
	maxAnswer = 64 << 20
)

// errLarge is what an answer is that is longer than maxAnswer.
var errLarge = errors.New("the answer is too long")

// secure reports whether nobody between can read what is sent to a URL.
func secure(u *url.URL) bool {
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && local(u.Hostname()))
}

// local reports whether a host is this machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// plainClient returns a client without credentials.
func plainClient(authorities *x509.CertPool, timeout time.Duration) *http.Client {
	return &http.Client{Timeout: timeout, Transport: &http.Transport{
		ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 3 * time.Minute,
		TLSClientConfig: &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
	}}
}

// newClient returns a client that shows tokens of a service account; nil for
// nobody, as an emulator wants it.
func newClient(key *Key, authorities *x509.CertPool) *http.Client {
	plain := plainClient(authorities, patience)
	if key == nil {
		return plain
	}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, plain)
	return &http.Client{Timeout: patience, Transport: &oauth2.Transport{Source: key.config.TokenSource(ctx), Base: plain.Transport}}
}

// call posts a document and reads the answer into out, unless that is nil.
func call(ctx context.Context, c *http.Client, url string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(r)
	if err != nil {
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) { // without the body, which may be a page
			return fmt.Errorf("a token of the service account cannot be had: %s %s", refused.Response.Status, refused.ErrorCode)
		}
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return err
	case len(text) > maxAnswer:
		return errLarge
	case resp.StatusCode != http.StatusOK:
		var said struct {
			Error struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		_ = json.Unmarshal(text, &said) // a page says nothing
		return fmt.Errorf("it answered %s %.300s", resp.Status, said.Error.Message)
	case out == nil:
		return nil
	}
	return json.Unmarshal(text, out)
}
