package stage

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// Place is where a player sits: an outside host, a pod, or the node. What is done there reaches the API server from its
// address.
type Place interface {
	// Addr is the address that the API server sees.
	Addr() string
	// run runs a command with the place's network.
	run(cmd *exec.Cmd) ([]byte, error)
	// dial connects from the place.
	dial(ctx context.Context, network, addr string) (net.Conn, error)
}

type hostPlace struct {
	name, addr string
	host       *cluster.Host
}

func (p hostPlace) Addr() string                      { return p.addr }
func (p hostPlace) run(cmd *exec.Cmd) ([]byte, error) { return p.host.Output(cmd) }
func (p hostPlace) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return p.host.Dial(ctx, network, addr)
}

type nodePlace struct{ s *Stage }

func (p nodePlace) Addr() string                      { return cluster.NodeAddr.String() }
func (p nodePlace) run(cmd *exec.Cmd) ([]byte, error) { return p.s.node.Output(cmd) }
func (p nodePlace) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return p.s.node.Dial(ctx, network, addr)
}

// Pod is a pod whose application has been broken into: it serves the stage's app, through which its files can be read
// and connections made, without the API server knowing.
type Pod struct {
	Namespace, Name, IP string

	Workload string // its highest owner, KIND/NAME; itself where it has none
	Writer   string // account that last wrote that; "" where the scenario did not say, see Stage.Wrote

	s *Stage
}

// Addr is the pod's address.
func (p *Pod) Addr() string { return p.IP }

// String is NAMESPACE/NAME.
func (p *Pod) String() string { return p.Namespace + "/" + p.Name }

func (p *Pod) door() string { return net.JoinHostPort(p.IP, "8080") }

// run runs the command on this machine; its connections go through the pod.
func (p *Pod) run(cmd *exec.Cmd) ([]byte, error) {
	cmd.Env = append(cmd.Env, "HTTPS_PROXY=http://"+p.door())
	return p.s.node.Output(cmd)
}

func (p *Pod) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	conn, err := p.s.node.Dial(ctx, "tcp", p.door())
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", addr, addr); err != nil {
		_ = conn.Close()
		return nil, err
	}
	// The API server speaks only after the client did, so nothing behind the answer is lost in the reader.
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
	if err != nil || res.StatusCode != http.StatusOK {
		_ = conn.Close()
		return nil, fmt.Errorf("connect to %s through %s: refused (%v)", addr, p, err)
	}
	return conn, nil
}

// File reads a file of the pod through its hole.
func (p *Pod) File(path string) []byte {
	c := client(nodePlace{p.s}, &http.Transport{})
	res, err := c.Get("http://" + p.door() + "/file?path=" + url.QueryEscape(path))
	if err != nil {
		p.s.fail("read %s in %s: %w", path, p, err)
		return nil
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		p.s.fail("read %s in %s: status %d %v", path, p, res.StatusCode, err)
		return nil
	}
	return b
}

// TokenFile is where a pod's token is mounted.
const TokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// Token is the pod's mounted token. No recording holds it.
func (p *Pod) Token() string {
	token := string(p.File(TokenFile))
	p.s.Conceal(token)
	return token
}
