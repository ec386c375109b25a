package enroll

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

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

// Path is where the hub's API enrolls.
const Path = "/api/v1/enroll"

// Request is what a peer asks for.
type Request struct {
	// PEM is the certificate request.
	PEM string `json:"request"`
	// Node is the node that a sensor is of. It may be "" where the token says
	// so.
	Node string `json:"node,omitempty"`
	// KubernetesToken is a token of a service account of the cluster Cluster,
	// bound to the sensor's pod and for the audience Audience. Where there is
	// none, the token of the hub in the request's header is the proof.
	KubernetesToken string `json:"kubernetes_token,omitempty"`
	Cluster         string `json:"cluster,omitempty"`
}

// GateMissing stands in the answer of a hub that has no gate.
const GateMissing = "the gate (lynceus up --gate)"

// Audience is for whom a token of a cluster has to be.
const Audience = "lynceus"

// Bounds of an enrolment.
const (
	timeout   = 30 * time.Second
	maxAnswer = 256 << 10
)

// ErrRefused says that the hub does not accept the proof.
var ErrRefused = errors.New("the hub refuses the enrolment")

// ErrNoGate says that the hub lets nobody in: it was started without a gate.
var ErrNoGate = errors.New("the hub has no gate")

// Proof is what a peer shows.
type Proof struct {
	// Token is the text of a token of the hub, or, where Kubernetes is set, of
	// a service account of Cluster.
	Token      string
	Kubernetes bool
	Cluster    string
	Node       string
}

// Hub is where to enroll.
type Hub struct {
	// URL is the API's: https://HOST:PORT. Plain HTTP is for loopback alone.
	URL string
	// TLS says whom to believe; nil believes whom the system does.
	TLS *tls.Config
}

// Enroll asks the hub for a certificate, and returns it with the address of
// the gate. The error wraps ErrRefused where asking again would not help.
func (h Hub) Enroll(ctx context.Context, p Proof) (*pki.Identity, string, error) {
	base, err := h.base()
	if err != nil {
		return nil, "", err
	}
	asked, err := pki.NewRequest()
	if err != nil {
		return nil, "", err
	}
	in := Request{PEM: asked.PEM, Node: p.Node}
	if p.Kubernetes {
		in.KubernetesToken, in.Cluster = p.Token, p.Cluster
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base.JoinPath(Path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Content-Type", "application/json")
	if !p.Kubernetes {
		r.Header.Set("Authorization", "Bearer "+p.Token)
	}
	issued, err := h.post(r)
	if err != nil {
		return nil, "", fmt.Errorf("enroll at %s: %w", base.Host, err)
	}
	id, err := asked.Identity(issued)
	if err != nil {
		return nil, "", fmt.Errorf("enroll at %s: %w", base.Host, err)
	}
	return id, gateAddress(base, issued.Gate), nil
}

// post sends the request. A redirect is not followed: a token goes to nobody
// but whom it was meant for.
func (h Hub) post(r *http.Request) (issued peer.Issued, err error) {
	transport := &http.Transport{TLSClientConfig: h.TLS, Proxy: nil, DisableKeepAlives: true, ForceAttemptHTTP2: true}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return issued, err
	}
	defer answer.Body.Close() // it was read as far as it matters
	b, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return issued, err
	}
	if answer.StatusCode == http.StatusCreated {
		return issued, json.Unmarshal(b, &issued)
	}
	var problem struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(b, &problem) != nil || problem.Message == "" {
		problem.Message = "the answer is no problem document: is this the address of Lynceus's API?"
	}
	err = fmt.Errorf("%s: %s", answer.Status, problem.Message)
	switch c := answer.StatusCode; {
	case c == http.StatusNotFound, c == http.StatusServiceUnavailable && strings.Contains(problem.Message, GateMissing):
		err = fmt.Errorf("%w: %w", ErrNoGate, err)
	case c == http.StatusUnauthorized, c == http.StatusForbidden, c == http.StatusBadRequest:
		err = fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return issued, err
}

// Check says what is wrong with the URL, so that it can be said before anything is begun; nil when nothing is.
func (h Hub) Check() error {
	_, err := h.base()
	return err
}

// base is the API's URL, checked.
func (h Hub) base() (*url.URL, error) {
	u, err := url.Parse(h.URL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q is no address of a hub: write https://HOST:PORT", h.URL)
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return nil, fmt.Errorf("%q: the token would pass in clear: write https://HOST:PORT", h.URL)
	}
	return u, nil
}

// gateAddress is the gate's address; where it names no host it is at the hub's.
func gateAddress(hub *url.URL, gate string) string {
	host, port, err := net.SplitHostPort(gate)
	if err != nil {
		return gate
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = strings.Trim(hub.Hostname(), "[]")
	}
	return net.JoinHostPort(host, port)
}
