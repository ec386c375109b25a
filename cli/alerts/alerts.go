// Package alerts posts findings to an HTTP server as Falco posts its alerts, for the commands that have the flag
// --falco-http.
package alerts

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident/falco"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/notify/webhook"
)

// Flags say where findings are posted.
type Flags struct {
	// URL is the server's, empty for nowhere.
	URL string
	// Authority is a file with certificates of authorities that are trusted besides the system's.
	Authority string
}

// Register makes the flags.
func (f *Flags) Register(s *pflag.FlagSet) {
	s.StringVar(&f.URL, "falco-http", "", "post findings to this `URL` as Falco does, such as http://falcosidekick:2801")
	s.StringVar(&f.Authority, "falco-http-ca", "", "`FILE` with certificates (PEM) of authorities to trust for --falco-http, besides the system's")
}

// lastPosts is how long Close waits for alerts to be posted.
const lastPosts = 5 * time.Second

// Poster posts findings. A nil one posts nothing.
type Poster struct {
	sender   *webhook.Sender
	hostname string
}

// Start returns what posts findings, nil where no URL is given. An error names the flag that is wrong. The hostname is
// what alerts give as the name of the host. Close must be called.
func (f *Flags) Start(hostname string) (*Poster, error) {
	if f.URL == "" {
		if f.Authority != "" {
			return nil, fmt.Errorf("--falco-http-ca needs --falco-http URL")
		}
		return nil, nil
	}
	transport, err := f.transport()
	if err != nil {
		return nil, err
	}
	sender, err := webhook.New(webhook.Options{URL: f.URL, Transport: transport})
	if err != nil {
		return nil, fmt.Errorf("--falco-http: %w", err)
	}
	return &Poster{sender: sender, hostname: hostname}, nil
}

// transport returns what makes requests; nil for the usual.
func (f *Flags) transport() (http.RoundTripper, error) {
	trusted, err := Trust("--falco-http-ca", f.Authority)
	if err != nil || trusted == nil {
		return nil, err
	}
	t := webhook.NewTransport()
	t.TLSClientConfig = trusted
	return t, nil
}

// Trust returns whom to believe: the system's authorities and those of the file that a flag names; nil, which is the
// system's, where it names none.
func Trust(flag, file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s %s: there is no certificate in it", flag, file)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// Post queues a finding, and waits for nobody.
func (p *Poster) Post(f *detect.Finding) error {
	if p == nil {
		return nil
	}
	b, err := report.Encode(falco.New(f, p.hostname), "")
	if err != nil {
		return fmt.Errorf("post a finding: %w", err)
	}
	p.sender.Post(b)
	return nil
}

// undeliveredAfter is how long posting may fail until it is told, and goneHolds for how long it is told that an alert was lost.
const (
	undeliveredAfter = 15 * time.Second
	goneHolds        = time.Hour
)

// Conditions returns what somebody should look at: alerts that cannot be delivered, and those that never will be.
func (p *Poster) Conditions(now time.Time) (out []coverage.Condition) {
	if p == nil {
		return nil
	}
	const code, about = "notification-undelivered", "--falco-http"
	t := p.sender.Trouble()
	switch {
	case !t.Since.IsZero() && now.Sub(t.Since) >= undeliveredAfter:
		return []coverage.Condition{{
			Code: code, About: about, Level: coverage.Failure, Since: t.Since, Advice: "look whether the server of --falco-http runs and can be reached; the findings are in the table finding",
			Text: fmt.Sprintf("alerts are not delivered since %s, %d wait: %v", t.Since.UTC().Format(time.RFC3339), t.Waiting, t.Err),
		}}
	case t.Gone > 0 && now.Sub(t.GoneAt) < goneHolds:
		return []coverage.Condition{{
			Code: code, About: about, Level: coverage.Warning, Advice: "the findings are in the table finding",
			Text: fmt.Sprintf("%d alerts were not delivered and will not be, the last at %s: %v", t.Gone, t.GoneAt.UTC().Format(time.RFC3339), t.GoneErr),
		}}
	}
	return nil
}

// Close posts what waits, as far as a few seconds allow, and returns what became of all of them in words.
func (p *Poster) Close() (string, error) {
	if p == nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastPosts)
	defer cancel()
	err := p.sender.Close(ctx)
	return "alerts: " + p.sender.Stats().String(), err
}
