// Package client speaks to a Lynceus server over HTTP. What it returns is what
// a store in this process returns: it is a hunt.Querier and a hunt.Watcher, and
// what goes wrong on the server is a *problem.Problem here, too.
package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
)

// Client speaks to one server. It is safe for concurrent use.
type Client struct {
	base  *url.URL
	token string
	renew func(context.Context) (string, error)
	http  *http.Client
}

// Options say which server, and as whom.
type Options struct {
	// Server is its URL: http://127.0.0.1:7443.
	Server string
	Token  string
	// Renew, where it is not nil, returns the token instead, before each request.
	// Several goroutines may call it at once.
	Renew func(context.Context) (string, error)
	// TLS, where it is not nil, says which certificates are trusted.
	TLS *tls.Config
	// Plain allows a token to go to another machine without TLS.
	Plain bool
}

// Times that a server may take to be reached and to begin an answer; the
// answer itself may take as long as the query's context allows.
const (
	dialTimeout   = 10 * time.Second
	headerTimeout = 2 * time.Minute
)

// New returns a client; it connects when something is asked.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.Server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no server: give a URL like https://lynceus.example.org or http://127.0.0.1:7443", o.Server)
	}
	if u.Scheme == "http" && !o.Plain && !isLocal(u.Hostname()) {
		return nil, fmt.Errorf("%s: the token would pass in clear to another machine; use https", o.Server)
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	t := &http.Transport{
		DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext, TLSClientConfig: o.TLS, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: headerTimeout, IdleConnTimeout: time.Minute,
	}
	// A redirect could carry the token elsewhere: none is followed.
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{u, o.Token, o.Renew, &http.Client{Transport: t, CheckRedirect: refuse}}, nil
}

// URL is the server's base URL, without a slash at its end.
func (c *Client) URL() string { return c.base.String() }

func isLocal(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// maxDocument bounds a document that is read whole.
const maxDocument = 64 << 20

// Raw is a body that is sent as it is.
type Raw struct {
	Type string // the media type
	Data []byte
}

// send asks for a path and returns the answer where it is a success.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, body any, accept string) (*http.Response, error) {
	u := *c.base
	u.Path += path
	u.RawQuery = query.Encode()
	var in io.Reader
	media := "application/json"
	switch b := body.(type) {
	case nil:
	case Raw:
		in, media = bytes.NewReader(b.Data), b.Type
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("ask %s: %w", c.base, err)
		}
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), in)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.base, err)
	}
	token := c.token
	if c.renew != nil {
		if token, err = c.renew(ctx); err != nil {
			return nil, err
		}
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", accept)
	if in != nil {
		req.Header.Set("Content-Type", media)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) && op.Op == "dial" {
			return nil, fmt.Errorf("no server answers at %s: %w; start one with lynceus up, or give another with --server", c.base, op.Err)
		}
		var distrust *tls.CertificateVerificationError
		if errors.As(err, &distrust) {
			return nil, fmt.Errorf("%s shows a certificate that is not trusted: %w; give the authority's with --ca", c.base, distrust.Err)
		}
		return nil, fmt.Errorf("ask %s: %w", c.base, err)
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, c.refused(resp)
}

// refused reads the problem of an answer that is no success.
func (c *Client) refused(resp *http.Response) error {
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	p := new(problem.Problem)
	if err != nil || json.Unmarshal(b, p) != nil || p.Code == "" {
		return fmt.Errorf("%s answered %s and is perhaps no Lynceus server; check the address", c.base, resp.Status)
	}
	return p
}

// Do asks for a document: body, where it is not nil, is sent as JSON unless it
// is Raw, and the answer is read into out, where that is not nil.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, out any) error {
	resp, err := c.send(ctx, method, path, query, body, "application/json")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the answer of %s: %w", c.base, err)
	case len(b) > maxDocument:
		return fmt.Errorf("the answer of %s is longer than %d bytes", c.base, maxDocument)
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("the answer of %s is not the expected document: %w", c.base, err)
	}
	return nil
}

// document is the body of a query.
func document(r hunt.Request) api.QueryDocument {
	d := api.QueryDocument{Query: r.KQL, Params: r.Params, From: r.From, To: r.To, Now: r.Now, MaxRows: r.MaxRows, MaxBytes: r.MaxBytes}
	if r.Since > 0 {
		d.Since = r.Since.String()
	}
	if r.Timeout > 0 {
		d.Timeout = r.Timeout.String()
	}
	return d
}

// Query implements hunt.Querier.
func (c *Client) Query(ctx context.Context, r hunt.Request) (hunt.Answer, error) {
	return c.stream(ctx, "POST", "/api/v1/query", nil, document(r))
}

// Watch implements hunt.Watcher.
func (c *Client) Watch(ctx context.Context, r hunt.WatchRequest) (hunt.Answer, error) {
	q := url.Values{"table": {r.Table}}
	if r.Where != "" {
		q.Set("where", r.Where)
	}
	return c.stream(ctx, "GET", "/api/v1/watch", q, nil)
}

// Explain implements hunt.Querier.
func (c *Client) Explain(ctx context.Context, r hunt.Request) (string, error) {
	var out struct {
		Explanation string `json:"explanation"`
	}
	err := c.Do(ctx, "POST", "/api/v1/query/explain", nil, document(r), &out)
	return out.Explanation, err
}
