package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/local"
	"github.com/lynceus-io/lynceus/api/login"
	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/hub"
)

// defaultData is the data directory where nothing else is said, and dataEnv
// the variable that says something else.
const (
	defaultData = "lynceus-data"
	dataEnv     = "LYNCEUS_DATA"
	tokenEnv    = "LYNCEUS_TOKEN"
)

// sourceFlags say whom a question is put to.
type sourceFlags struct {
	data, server, tokenFile, ca string
	// session says that only that of lynceus login counts as a token.
	session bool
	// clickHouse is set by commands that can put a question to it.
	clickHouse clickHouseFlags
}

func (f *sourceFlags) register(s *pflag.FlagSet) {
	s.StringVar(&f.data, "data", "", "the data directory `DIR` of lynceus up, whether that runs or not; $"+dataEnv+", else "+defaultData)
	s.StringVar(&f.server, "server", "", "ask the server at `URL` instead; its token comes from --token-file, $"+tokenEnv+" or lynceus login")
	s.StringVar(&f.tokenFile, "token-file", "", "read the token for --server from `FILE`")
	s.StringVar(&f.ca, "ca", "", "trust only the certificates in `FILE` (PEM) of --server, not those that the system trusts")
}

// Store is a data directory that no server runs on, or a database.
type Store interface {
	hunt.Querier
	// Identity of the store; the same for as long as it exists.
	Identity() string
	Close() error
}

// source is who answers: a server, or a store in this process.
type source struct {
	hunt.Querier
	// client is nil where the store is in this process.
	client   *client.Client
	identity func(context.Context) (string, error)
	close    func() error
}

// dir is the data directory that flags and the environment name.
func (a *app) dir(f *sourceFlags) string {
	switch {
	case f.data != "":
		return f.data
	case a.getenv(dataEnv) != "":
		return a.getenv(dataEnv)
	}
	return defaultData
}

// source finds who answers. It must be closed.
func (a *app) source(ctx context.Context, f *sourceFlags) (*source, error) {
	if f.server != "" && f.data != "" {
		return nil, &usageError{"--server and --data contradict each other: give one"}
	}
	if f.clickHouse.url != "" {
		if f.server != "" || f.data != "" || f.ca != "" {
			return nil, &usageError{"--clickhouse, --server with --ca, and --data contradict each other: give one"}
		}
		return a.clickHouseSource(f)
	}
	if f.clickHouse.ca != "" {
		return nil, &usageError{"--clickhouse-ca needs --clickhouse URL"}
	}
	c, err := a.remote(f)
	if err == nil {
		return remoteSource(c), nil
	}
	if !errors.Is(err, local.ErrNone) {
		return nil, err
	}
	dir := a.dir(f)
	if _, statErr := os.Stat(dir); statErr != nil {
		return nil, fmt.Errorf("there is no data directory %s; name one with --data, or a server with --server", dir)
	}
	store, err := a.openStore(ctx, dir)
	if err != nil {
		return nil, err
	}
	return storeSource(store), nil
}

// clickHouseSource asks a database of ClickHouse itself.
func (a *app) clickHouseSource(f *sourceFlags) (*source, error) {
	o, err := f.clickHouse.options(a)
	if err != nil {
		return nil, err
	}
	store, err := hub.OpenClickHouse(o, a.now)
	if err != nil {
		return nil, err
	}
	return storeSource(store), nil
}

// storeSource asks a store in this process.
func storeSource(s Store) *source {
	return &source{Querier: s, identity: func(context.Context) (string, error) { return s.Identity(), nil }, close: s.Close}
}

func remoteSource(c *client.Client) *source {
	return &source{
		Querier: c, client: c, close: func() error { return nil },
		identity: func(ctx context.Context) (string, error) {
			var st api.Status
			err := c.Do(ctx, "GET", "/api/v1/status", nil, nil, &st)
			return st.Store, err
		},
	}
}

// remote returns the server that flags name, or that runs on the data
// directory; local.ErrNone where none does.
func (a *app) remote(f *sourceFlags) (*client.Client, error) {
	if f.server != "" {
		return a.namedServer(f)
	}
	if f.ca != "" {
		return nil, &usageError{"--ca says which certificates of --server are trusted: give --server, too"}
	}
	note, token, err := local.Read(a.dir(f))
	if err != nil {
		return nil, err
	}
	if note.PID > 0 && errors.Is(syscall.Kill(note.PID, 0), syscall.ESRCH) {
		return nil, local.ErrNone // what left the note has ended without taking it away
	}
	return client.New(client.Options{Server: note.Address, Token: token})
}

// namedServer returns the server that --server names, as whom a token says or as
// whoever signed in there.
func (a *app) namedServer(f *sourceFlags) (*client.Client, error) {
	token := a.getenv(tokenEnv)
	if f.tokenFile != "" {
		b, err := os.ReadFile(f.tokenFile)
		if err != nil {
			return nil, err
		}
		token = strings.TrimSpace(string(b))
	}
	certificates, err := trust("--ca", f.ca)
	if err != nil {
		return nil, err
	}
	if token != "" && !f.session {
		return client.New(client.Options{Server: f.server, Token: token, TLS: certificates})
	}
	store, err := a.sessions()
	if err != nil {
		return nil, err
	}
	x, err := store.Load(f.server)
	if errors.Is(err, login.ErrNone) {
		return nil, &usageError{"--server needs a token: sign in with lynceus login, or give --token-file, or set " + tokenEnv + "; lynceus token create makes one"}
	}
	if err != nil {
		return nil, err
	}
	if f.ca == "" && x.Authorities != "" {
		certificates = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
		certificates.RootCAs.AppendCertsFromPEM([]byte(x.Authorities)) // nobody is trusted where it is broken
	}
	renew := func(ctx context.Context) (string, error) {
		x, err := store.Fresh(ctx, f.server, a.now)
		if errors.Is(err, login.ErrEnded) {
			return "", fmt.Errorf("%w; sign in again with lynceus login --server %s", err, f.server)
		}
		return x.ID, err
	}
	return client.New(client.Options{Server: f.server, Renew: renew, TLS: certificates})
}

// maxCA bounds a file of certificates, in bytes.
const maxCA = 4 << 20

// trust returns what a flag with a file of certificates says, nil where it
// says nothing.
func trust(flag, file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	b, err := readBounded(file, maxCA)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("%s %s: there is no certificate in PEM in it", flag, file)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// readBounded reads a file that may have at most so many bytes.
func readBounded(name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%s is longer than %d bytes", name, most)
	}
	return b, err
}

// needServer returns the server, or says that one is needed for what.
func (a *app) needServer(f *sourceFlags, what string) (*client.Client, error) {
	c, err := a.remote(f)
	if errors.Is(err, local.ErrNone) {
		return nil, fmt.Errorf("%s needs a running lynceus up, and none runs on %s; start one, or name a server with --server", what, filepath.Clean(a.dir(f)))
	}
	return c, err
}

// queries returns the saved queries that there are, the built-in ones at
// least, and the names of those that cannot be read.
func (s *source) queries(ctx context.Context) (list []*saved.Query, broken []string, err error) {
	if s.client == nil {
		list, err = saved.BuiltIn()
		return list, nil, err
	}
	var out struct {
		Queries []*saved.Query `json:"queries"`
		Broken  []string       `json:"broken"`
	}
	err = s.client.Do(ctx, "GET", "/api/v1/queries", nil, nil, &out)
	return out.Queries, out.Broken, err
}
