package main

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
	"strings"
	"time"
)

const accountDir = "/var/run/secrets/kubernetes.io/serviceaccount/"

// api calls the API server as the pod's service account, with the user agent that AGENT names.
type api struct {
	client *http.Client
	server string
	agent  string
}

func newAPI() (*api, error) {
	ca, err := os.ReadFile(accountDir + "ca.crt")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	server := os.Getenv("API")
	if server == "" {
		server = "https://kubernetes.default.svc"
	}
	return &api{
		client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}},
		server: server, agent: os.Getenv("AGENT"),
	}, nil
}

// do sends a request and returns status and body, at most 4 MiB of it. The token is read each time: it is renewed.
func (a *api) do(ctx context.Context, method, path, contentType string, body []byte) (int, []byte, error) {
	res, err := a.open(ctx, method, path, contentType, body)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	return res.StatusCode, b, err
}

func (a *api) open(ctx context.Context, method, path, contentType string, body []byte) (*http.Response, error) {
	token, err := os.ReadFile(accountDir + "token")
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, a.server+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+string(token))
	req.Header.Set("User-Agent", a.agent)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return a.client.Do(req)
}

// watch lists and watches each path for as long as it runs, as an operator's informers do.
func watch(ctx context.Context, paths []string) error {
	a, err := newAPI()
	if err != nil {
		return err
	}
	for _, p := range paths {
		go func() {
			for ctx.Err() == nil {
				if err := follow(ctx, a, p); err != nil {
					fmt.Fprintln(os.Stderr, p, err)
				}
				_ = sleep(ctx, []string{"1"})
			}
		}()
	}
	return serve(ctx, ":8080")
}

func follow(ctx context.Context, a *api, path string) error {
	status, body, err := a.do(ctx, http.MethodGet, path+"?limit=500&resourceVersion=0", "", nil)
	if err != nil || status != http.StatusOK {
		return errors.Join(err, fmt.Errorf("list: status %d", status))
	}
	var list struct {
		Metadata struct{ ResourceVersion string }
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return err
	}
	res, err := a.open(ctx, http.MethodGet, path+"?allowWatchBookmarks=true&watch=true&timeoutSeconds=8&resourceVersion="+list.Metadata.ResourceVersion, "", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// lease keeps the leader election lease NAMESPACE/NAME, and asks for each further path at every fifth renewal. It
// renews five times as often as controllers do: a recording's minute stands for more.
func lease(ctx context.Context, args []string) error {
	a, err := newAPI()
	if err != nil {
		return err
	}
	ns, name, _ := strings.Cut(args[0], "/")
	path := "/apis/coordination.k8s.io/v1/namespaces/" + ns + "/leases"
	host, _ := os.Hostname()
	body := fmt.Appendf(nil, `{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":%q,"namespace":%q},"spec":{"holderIdentity":%q,"leaseDurationSeconds":15}}`, name, ns, host)
	if _, _, err := a.do(ctx, http.MethodPost, path, "application/json", body); err != nil {
		return err
	}
	for i := 0; ctx.Err() == nil; i++ {
		patch := fmt.Appendf(nil, `{"spec":{"holderIdentity":%q,"renewTime":%q}}`, host, time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"))
		_, _, _ = a.do(ctx, http.MethodGet, path+"/"+name, "", nil)
		_, _, _ = a.do(ctx, http.MethodPatch, path+"/"+name, "application/merge-patch+json", patch)
		if i%5 == 0 {
			for _, p := range args[1:] {
				_, _, _ = a.do(ctx, http.MethodGet, p, "", nil)
			}
		}
		_ = sleep(ctx, []string{"0.4"})
	}
	return nil
}

// poll asks for paths again and again, EVERY seconds (5) apart, as scrapers do.
func poll(ctx context.Context, paths []string) error {
	a, err := newAPI()
	if err != nil {
		return err
	}
	every := os.Getenv("EVERY")
	if every == "" {
		every = "5"
	}
	for ctx.Err() == nil {
		for _, p := range paths {
			if _, _, err := a.do(ctx, http.MethodGet, p, "", nil); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
		_ = sleep(ctx, []string{every})
	}
	return nil
}
