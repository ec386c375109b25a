package clickhouse

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// client speaks ClickHouse's HTTP interface over net/http. The store needs
// three things: statements, Parquet files in, rows out; for these the
// interface is a POST each, files are streamed as they are, and any proxy or
// balancer that knows HTTP can stand between. A driver would add a protocol
// of its own and cannot send a Parquet file.
type client struct {
	http           *http.Client
	base           *url.URL // without user, path and parameters
	user, password string
}

// Limits of the connection itself; statements have their own.
const (
	dialTimeout      = 10 * time.Second
	maxErrorText     = 16 << 10 // bytes of a server's message that are read
	maxAnswer        = 16 << 20 // bytes of an answer that is kept whole
	idleTimeout      = 90 * time.Second
	handshakeTimeout = 10 * time.Second
)

// databaseName is what a database may be called: it stands in regular
// expressions and paths of ZooKeeper, so nothing that means something there.
var databaseName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// newClient reads a URL of the form http(s)://user:password@host:port/database.
func newClient(address string, config *tls.Config) (c *client, database string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", errors.New("the address of ClickHouse is no URL: write http(s)://user:password@host:port/database")
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, "", errors.New("the address of ClickHouse: only http:// and https:// are spoken, usually on port 8123 and 8443: write http(s)://user:password@host:port/database")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, "", errors.New("the address of ClickHouse has parameters: write http(s)://user:password@host:port/database and nothing behind it")
	}
	database = strings.Trim(u.Path, "/")
	if database == "" {
		return nil, "", errNoDatabase
	}
	if !databaseName.MatchString(database) {
		return nil, "", fmt.Errorf("the database name %q is not made of letters, digits and underscores", database)
	}
	c = &client{base: &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}}
	if u.User != nil {
		c.user = u.User.Username()
		c.password, _ = u.User.Password()
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: dialTimeout}).DialContext,
			TLSClientConfig:     config,
			TLSHandshakeTimeout: handshakeTimeout,
			IdleConnTimeout:     idleTimeout,
			ForceAttemptHTTP2:   false,
			DisableCompression:  true,
		},
		// A redirect would send the password elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, database, nil
}

// request is one statement.
type request struct {
	query    string
	settings url.Values
	params   map[string]string // values of {name:Type} in query
	// body is the data of an INSERT; then query goes into the URL. size is
	// how many bytes it has.
	body io.Reader
	size int64
}

// do sends a statement. The answer's body must be closed; it is that of a
// statement that succeeded as far as the server knew when it began to answer.
// Settings always hold wait_end_of_query: the server answers when it has the
// whole result, so that an error never comes in the middle of rows.
func (c *client) do(ctx context.Context, r request) (*http.Response, error) {
	params := url.Values{"wait_end_of_query": {"1"}}
	for name, values := range r.settings {
		params[name] = values
	}
	for name, value := range r.params {
		params.Set("param_"+name, value)
	}
	var body io.Reader = strings.NewReader(r.query)
	if r.body != nil {
		params.Set("query", r.query)
		body = r.body
	}
	address := *c.base
	address.RawQuery = params.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), body)
	if err != nil {
		return nil, fmt.Errorf("ClickHouse at %s: %w", c.base.Host, err)
	}
	if r.body != nil {
		req.ContentLength = r.size
	}
	if c.user != "" {
		req.Header.Set("X-ClickHouse-User", c.user)
		req.Header.Set("X-ClickHouse-Key", c.password)
	}
	answer, err := c.http.Do(req)
	if err != nil {
		var inURL *url.Error // it repeats the URL, which has the whole statement
		if errors.As(err, &inURL) {
			err = inURL.Err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("%w: %s: %w", ErrUnavailable, c.base.Host, err)
	}
	if answer.StatusCode == http.StatusOK && answer.Header.Get("X-ClickHouse-Exception-Code") == "" {
		return answer, nil
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxErrorText))
	code, _ := strconv.Atoi(answer.Header.Get("X-ClickHouse-Exception-Code"))
	return nil, newException(code, answer.StatusCode, string(text))
}

// text runs a statement and returns its answer, which must be short, without
// white space at its ends.
func (c *client) text(ctx context.Context, r request) (string, error) {
	answer, err := c.do(ctx, r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return "", fmt.Errorf("%w: %s: the answer broke off: %w", ErrUnavailable, c.base.Host, err)
	}
	return string(bytes.TrimSpace(out)), nil
}

func (c *client) close() { c.http.CloseIdleConnections() }

// seconds writes a duration as a setting in seconds, at least a tenth.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(max(d.Seconds(), 0.1), 'f', 1, 64)
}
