package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// A load is requests at a steady rate by several users, each at an address of its own outside of the cluster, over
// connections that are kept.
type load struct {
	namespace string
	clients   []*http.Client
}

// loadUsers is how many people make a load.
const loadUsers = 4

// newLoad makes the users, who may do everything in a namespace of their own.
func newLoad(t *testing.T, c *cluster.Cluster) *load {
	t.Helper()
	l := &load{namespace: clustertest.Namespace(t, c, "load")}
	clustertest.Kubectl(t, c, "-n", l.namespace, "create", "rolebinding", "load", "--clusterrole=edit", "--group=load")
	for i := range loadUsers {
		name := fmt.Sprintf("load%d", i)
		host, err := c.Outside(name, []netip.Addr{netip.AddrFrom4([4]byte{198, 51, 100, byte(30 + i)})})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = host.Close() })
		kubeconfig, err := c.User(cluster.FromCluster, name, "load")
		if err != nil {
			t.Fatal(err)
		}
		config := clientTLS(t, kubeconfig)
		l.clients = append(l.clients, &http.Client{
			Timeout:   time.Minute,
			Transport: &http.Transport{DialContext: host.Dial, TLSClientConfig: config, MaxIdleConnsPerHost: 32, ForceAttemptHTTP2: true},
		})
	}
	// Bindings reach the authorizer a moment after the API.
	eventually(t, slow, "the users of the load may work", func() error { return l.request(context.Background(), 0) })
	return l
}

// clientTLS reads the certificates that a client configuration of the harness names.
func clientTLS(t *testing.T, kubeconfig string) *tls.Config {
	t.Helper()
	data, err := os.ReadFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	var k struct {
		Clusters []struct {
			Cluster struct {
				CA string `json:"certificate-authority"`
			}
		}
		Users []struct {
			User struct {
				Cert string `json:"client-certificate"`
				Key  string `json:"client-key"`
			}
		}
	}
	if err := json.Unmarshal(data, &k); err != nil || len(k.Clusters) != 1 || len(k.Users) != 1 {
		t.Fatalf("%s: %v", kubeconfig, err)
	}
	pair, err := tls.LoadX509KeyPair(k.Users[0].User.Cert, k.Users[0].User.Key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(k.Clusters[0].Cluster.CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: pool}
}

// request makes the i-th request of the load: of ten, one creates a config map, one deletes it again, one asks for what
// is not there, the others read.
func (l *load) request(ctx context.Context, i int) error {
	base := cluster.FromCluster + "/api/v1/namespaces/" + l.namespace
	method, url, body := http.MethodGet, base+"/pods", ""
	want := []int{http.StatusOK}
	switch i % 10 {
	case 1:
		method, url, want = http.MethodPost, base+"/configmaps", []int{http.StatusCreated, http.StatusConflict}
		body = fmt.Sprintf(`{"metadata":{"name":"c%d"},"data":{"k":"v"}}`, i)
	case 8:
		method, url, want = http.MethodDelete, fmt.Sprintf("%s/configmaps/c%d", base, i-7), []int{http.StatusOK, http.StatusNotFound}
	case 5:
		url, want = base+"/pods/absent", []int{http.StatusNotFound}
	}
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := l.clients[i%len(l.clients)].Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if !slices.Contains(want, resp.StatusCode) {
		return fmt.Errorf("%s %s: %s", method, url, resp.Status)
	}
	return nil
}

// loadResult is how a load went.
type loadResult struct {
	requests, failed int
	example          error
	took             []time.Duration // sorted; of those that did not fail
}

func (r loadResult) percentile(p float64) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	return r.took[min(len(r.took)-1, int(p*float64(len(r.took))))]
}

// run makes requests at a rate, in requests a second, until ctx ends or the time is over. Requests start by the clock,
// whether those before have been answered or not, so that a slow answer does not hide the ones behind it.
func (l *load) run(ctx context.Context, rate int, d time.Duration) loadResult {
	var (
		mu  sync.Mutex
		wg  sync.WaitGroup
		out loadResult
	)
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	over := time.After(d)
	for i := 0; ; i++ {
		select {
		case <-tick.C:
		case <-over:
			wg.Wait()
			slices.Sort(out.took)
			return out
		case <-ctx.Done():
			wg.Wait()
			slices.Sort(out.took)
			return out
		}
		wg.Go(func() {
			began := time.Now()
			err := l.request(context.Background(), i)
			took := time.Since(began)
			mu.Lock()
			defer mu.Unlock()
			out.requests++
			if err != nil {
				out.failed++
				out.example = err
				return
			}
			out.took = append(out.took, took)
		})
	}
}

// must fails the test where a request failed, and logs the latencies.
func (r loadResult) must(t *testing.T, what string) loadResult {
	t.Helper()
	if r.failed > 0 {
		t.Errorf("%s: %d of %d requests failed, such as: %v", what, r.failed, r.requests, r.example)
	}
	t.Logf("%s: %d requests, p50 %v, p99 %v, longest %v", what, r.requests,
		r.percentile(0.5).Round(10*time.Microsecond), r.percentile(0.99).Round(10*time.Microsecond), r.percentile(1).Round(10*time.Microsecond))
	return r
}
