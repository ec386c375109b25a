package cli

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/store/clickhouse"
)

// clickHouseFlags say where a database of ClickHouse is.
type clickHouseFlags struct {
	url, ca string
}

// secretForms says how an address with a password is given.
const secretForms = "; with a password as file:PATH or env:NAME of what holds it"

func (f *clickHouseFlags) register(s *pflag.FlagSet, what string) {
	s.StringVar(&f.url, "clickhouse", "", what+" at `URL`, http(s)://user@host:port/database"+secretForms)
	s.StringVar(&f.ca, "clickhouse-ca", "", "trust only the certificates in `FILE` (PEM) of ClickHouse, not those that the system trusts")
}

// options returns where the database is.
func (f *clickHouseFlags) options(a *app) (o clickhouse.Options, err error) {
	if o.URL, err = a.secretURL("--clickhouse", f.url); err != nil {
		return o, err
	}
	o.TLS, err = trust("--clickhouse-ca", f.ca)
	return o, err
}

// maxURL bounds a file with an address, in bytes.
const maxURL = 64 << 10

// secretURL reads an address that may hold a password. Arguments of a process
// can be read by everybody on the machine, so there it may not.
func (a *app) secretURL(flag, text string) (string, error) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		value := strings.TrimSpace(a.getenv(name))
		if value == "" {
			return "", &usageError{fmt.Sprintf("%s: the environment has no %s", flag, name)}
		}
		return value, nil
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		b, err := readBounded(path, maxURL)
		if err != nil {
			return "", err
		}
		return strings.TrimSpace(string(b)), nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", &usageError{flag + " is no URL: write http(s)://user@host:port/database, or file:PATH or env:NAME of what holds it"}
	}
	if _, has := u.User.Password(); has {
		return "", &usageError{flag + ": everybody on this machine can read the password in an argument: put the URL into a file or a variable, and give file:PATH or env:NAME"}
	}
	return text, nil
}

// upClickHouse are the flags of up about ClickHouse.
type upClickHouse struct {
	clickHouseFlags
	reader, cluster, backlog string
	sharded, answers         bool
	retention                []string
}

func (f *upClickHouse) register(s *pflag.FlagSet) {
	f.clickHouseFlags.register(s, "also keep all events that come from now on in ClickHouse")
	s.BoolVar(&f.answers, "clickhouse-answers", false, "let ClickHouse answer questions, not the store here")
	s.StringVar(&f.reader, "clickhouse-reader", "", "`URL` by which questions are put to it: the same database with a user who can only read"+secretForms)
	s.StringVar(&f.cluster, "clickhouse-cluster", "", "`NAME` of the cluster in ClickHouse's configuration: tables are replicated")
	s.BoolVar(&f.sharded, "clickhouse-sharded", false, "spread rows over that cluster's shards")
	s.StringArrayVar(&f.retention, "clickhouse-retention", nil, "how long events are kept there, as `[TABLE=]TIME` (repeatable); tables stay as they are where nothing is said")
	s.StringVar(&f.backlog, "clickhouse-backlog", "10GB", "how much may wait while ClickHouse is away: `SIZE`; the oldest is given up then, and counted")
}

// options returns what the flags say, nil without --clickhouse.
func (f *upClickHouse) options(a *app, changed func(flag string) bool) (*hub.ClickHouseOptions, error) {
	if f.url == "" {
		for _, name := range []string{"ca", "answers", "reader", "cluster", "sharded", "retention", "backlog"} {
			if changed("clickhouse-" + name) {
				return nil, &usageError{"--clickhouse-" + name + " needs --clickhouse URL"}
			}
		}
		return nil, nil
	}
	if f.reader != "" && !f.answers {
		return nil, &usageError{"--clickhouse-reader is for questions: give --clickhouse-answers too"}
	}
	o := &hub.ClickHouseOptions{Answer: f.answers}
	var err error
	if o.Database, err = f.clickHouseFlags.options(a); err != nil {
		return nil, err
	}
	if f.reader != "" {
		if o.Database.QueryURL, err = a.secretURL("--clickhouse-reader", f.reader); err != nil {
			return nil, err
		}
	}
	o.Database.Layout = clickhouse.Layout{Cluster: f.cluster, Sharded: f.sharded}
	if len(f.retention) > 0 {
		if o.Database.Retention, err = parseRetention(f.retention); err != nil {
			return nil, &usageError{"--clickhouse-retention: " + err.Error()}
		}
	}
	if o.Backlog, err = parseSize(f.backlog); err != nil {
		return nil, &usageError{"--clickhouse-backlog: " + err.Error()}
	}
	return o, nil
}
