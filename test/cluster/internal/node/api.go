package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// api is the little of a Kubernetes client that starting a cluster and its DNS need.
type api struct {
	base   string
	client *http.Client
}

// maxErrorBody is how much of a refusal is shown, in bytes.
const maxErrorBody = 2 << 10

// newAPI speaks to the API server with the client certificate of that name in the directory.
func newAPI(d layout.Dir, user string) (*api, error) {
	pair, err := tls.LoadX509KeyPair(d.Cert(user), d.Key(user))
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(d.Cert("ca"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, errors.New("the cluster's authority is no certificate")
	}
	return &api{
		base: layout.APIServer,
		client: &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots},
		}},
	}, nil
}

// do sends a request; the caller closes the body of the answer, whose status is 2xx.
func (a *api) do(ctx context.Context, method, path string, body any) (io.ReadCloser, error) {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "lynceus-test-cluster")
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, bytes.TrimSpace(text))
	}
	return resp.Body, nil
}

// get decodes the answer to a GET.
func (a *api) get(ctx context.Context, path string, into any) error {
	body, err := a.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	return json.NewDecoder(body).Decode(into)
}

// create sends a POST and drops the answer.
func (a *api) create(ctx context.Context, path string, object any) error {
	body, err := a.do(ctx, http.MethodPost, path, object)
	if err != nil {
		return err
	}
	return body.Close()
}

// probeTimeout bounds one question whether the cluster is ready.
const probeTimeout = 20 * time.Second

func (a *api) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	body, err := a.do(ctx, http.MethodGet, "/readyz", nil)
	if err != nil {
		return err
	}
	return body.Close()
}

func (a *api) nodeReady(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var node struct {
		Status struct {
			Conditions []struct{ Type, Status, Message string }
		}
	}
	if err := a.get(ctx, "/api/v1/nodes/"+name, &node); err != nil {
		return err
	}
	for _, c := range node.Status.Conditions {
		if c.Type == "Ready" && c.Status == "True" {
			return nil
		} else if c.Type == "Ready" {
			return errors.New(c.Message)
		}
	}
	return errors.New("the node has not said yet")
}

func (a *api) defaultAccount(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var account struct{}
	return a.get(ctx, "/api/v1/namespaces/default/serviceaccounts/default", &account)
}
