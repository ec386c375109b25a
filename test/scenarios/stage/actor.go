package stage

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// Actor is an account used from a place.
type Actor struct {
	User   string // as the API server authenticates it; "" is one that it does not accept
	Person string // who sits there, for the label; "" for programs
	Pod    *Pod   // the pod that the credential belongs to
	In     Place

	s          *Stage
	kubeconfig string // of a client certificate
	token      string
	cert       *tls.Certificate
}

// user makes an account with a client certificate.
func (s *Stage) user(p Place, name string, groups ...string) (*Actor, error) {
	file, err := s.Cluster.User(cluster.FromCluster, name, groups...)
	if err != nil {
		return nil, err
	}
	cert, err := tls.LoadX509KeyPair(s.pki("user-"+name+"@cluster.crt"), s.pki("user-"+name+"@cluster.key"))
	if err != nil {
		return nil, err
	}
	return &Actor{User: name, In: p, s: s, kubeconfig: file, cert: &cert}, nil
}

func (s *Stage) pki(name string) string { return filepath.Join(s.Cluster.Dir(), "pki", name) }

// Member is a person of the company, or one of its pipelines, with a client certificate.
func (s *Stage) Member(p Place, name string, groups ...string) *Actor {
	a, err := s.user(p, name, groups...)
	if err != nil {
		s.fail("user %s: %w", name, err)
		return &Actor{User: name, In: p, s: s}
	}
	a.Person = name
	return a
}

// At is the same credential used elsewhere.
func (a *Actor) At(p Place) *Actor {
	b := *a
	b.In = p
	return &b
}

// By says which person it is who uses the account.
func (a *Actor) By(person string) *Actor {
	b := *a
	b.Person = person
	return &b
}

// ServiceAccount is what a pod does with its own token, from itself.
func (p *Pod) ServiceAccount() *Actor {
	t := p.Token()
	return &Actor{User: subject(t), Pod: p, In: p, s: p.s, token: t}
}

// Bearer is a token that was found or made, used from a place. pod is the one it is bound to, nil for none.
func (s *Stage) Bearer(p Place, token string, pod *Pod) *Actor {
	s.Conceal(token)
	return &Actor{User: subject(token), Pod: pod, In: p, s: s, token: strings.TrimSpace(token)}
}

// Anonymous has no credential.
func (s *Stage) Anonymous(p Place) *Actor { return &Actor{User: "system:anonymous", In: p, s: s} }

// Kubectl runs kubectl and returns what it prints. Being refused is no error of the scenario; see Must.
func (a *Actor) Kubectl(args ...string) (string, error) {
	return a.KubectlIn("", args...)
}

// KubectlIn is Kubectl with standard input.
func (a *Actor) KubectlIn(stdin string, args ...string) (string, error) {
	return a.kubectlFor(40*time.Second, stdin, args...)
}

func (a *Actor) kubectlFor(d time.Duration, stdin string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(a.s.ctx, d)
	defer cancel()
	cmd := exec.CommandContext(ctx, a.s.kubectl, append(a.flags(), args...)...)
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(a.s.work, "home"), "KUBERC=off")
	cmd.Stdin = strings.NewReader(stdin)
	out, err := a.In.run(cmd)
	return string(out), err
}

func (a *Actor) flags() []string {
	cache := "--cache-dir=" + filepath.Join(a.s.work, "cache-"+strings.ReplaceAll(a.User, ":", "-"))
	if a.kubectlConfigured() {
		return []string{"--kubeconfig=" + a.kubeconfig, cache}
	}
	flags := []string{"--kubeconfig=/dev/null", "--server=" + cluster.FromCluster, "--insecure-skip-tls-verify", cache}
	if a.token != "" {
		flags = append(flags, "--token="+a.token)
	}
	return flags
}

func (a *Actor) kubectlConfigured() bool { return a.kubeconfig != "" }

// Request is a bare HTTP request, as by curl or by a script, with the named user agent and further "Name: value"
// headers. It returns the status, 0 when there was no answer, and the body.
func (a *Actor) Request(agent, method, path, body string, headers ...string) (int, string) {
	config := &tls.Config{InsecureSkipVerify: true}
	if a.cert != nil {
		config.Certificates = []tls.Certificate{*a.cert}
	}
	req, err := http.NewRequestWithContext(a.s.ctx, method, cluster.FromCluster+path, bytes.NewReader([]byte(body)))
	if err != nil {
		a.s.fail("request %s %s: %w", method, path, err)
		return 0, ""
	}
	req.Header.Set("User-Agent", agent)
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := client(a.In, &http.Transport{TLSClientConfig: config}).Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusSwitchingProtocols {
		return res.StatusCode, "" // a stream, which would not end by itself
	}
	b, _ := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	return res.StatusCode, string(b)
}
