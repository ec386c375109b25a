package pods

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// apiServer is one of a test: what it lists, what a watch tells, and what it was asked.
type apiServer struct {
	*httptest.Server
	mu      sync.Mutex
	list    string
	events  chan string
	asked   []string
	tokens  map[string]bool
	expired bool // watches from the first version are answered 410
	objects map[string]string
}

func newServer(t *testing.T) *apiServer {
	s := &apiServer{events: make(chan string), tokens: map[string]bool{}, objects: map[string]string{}}
	s.Server = httptest.NewUnstartedServer(s)
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// config is how it is reached.
func (s *apiServer) config(t *testing.T) Config {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("one\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return Config{Server: s.URL, CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), TokenFile: token}
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.Path+"?"+r.URL.RawQuery)
	s.tokens[r.Header.Get("Authorization")] = true
	list, object, expired := s.list, s.objects[r.URL.Path], s.expired && r.URL.Query().Get("resourceVersion") == "1"
	s.mu.Unlock()
	switch {
	case r.URL.Path != podsPath && object == "":
		http.Error(w, `{"kind":"Status","code":403,"message":"no"}`, http.StatusForbidden)
	case r.URL.Path != podsPath:
		fmt.Fprint(w, object)
	case r.URL.Query().Get("fieldSelector") != "spec.nodeName=n1":
		http.Error(w, "whose?", http.StatusBadRequest)
	case r.URL.Query().Get("watch") == "":
		fmt.Fprint(w, list)
	case expired:
		fmt.Fprint(w, `{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}}`)
	default:
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		for {
			select {
			case e := <-s.events:
				if e == "end" {
					return
				}
				fmt.Fprintln(w, e)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}
}

const (
	listed = `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[
{"metadata":{"name":"web-7c9-x","namespace":"shop","uid":"u1","labels":{"pod-template-hash":"7c9"},"creationTimestamp":null,
 "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-7c9","uid":"rs","controller":true}]},
 "spec":{"nodeName":"n1","serviceAccountName":"web","containers":[{"name":"app","securityContext":{"privileged":true}},{"name":"side","env":[{"name":"SECRET","value":"x"}]}],"initContainers":[{"name":"init","securityContext":null}]}},
{"metadata":{"name":"etcd-n1","namespace":"kube-system","uid":"u2","annotations":{"kubernetes.io/config.hash":"h2"},
 "ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n1","uid":"n","controller":true}]},"spec":{"nodeName":"n1"}}]}`
	fresh = `{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"once-29384756-a","namespace":"shop","uid":"u3","resourceVersion":"5","creationTimestamp":"2025-11-13T15:56:02Z",
 "ownerReferences":[{"apiVersion":"batch/v1","kind":"Job","name":"once-29384156","uid":"job","controller":true}]},"spec":{"nodeName":"n1"}}}`
)

func start(t *testing.T, s *apiServer) *Watcher {
	w, err := New(s.config(t), "n1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

// pod waits for a pod until a condition holds, and returns it in one line.
func pod(t *testing.T, w *Watcher, uid string, is string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got := ""
	for ctx.Err() == nil {
		p, err := w.Pod(ctx, uid)
		if err != nil {
			break
		}
		got = fmt.Sprintf("%s/%s on %s as %s: %s %s %v, %q, privileged %q", p.Namespace, p.Name, p.Node, p.ServiceAccount, p.Kind, p.Workload, p.ByName, p.Containers, p.Privileged)
		if got == is {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("pod %s\ngot  %s\nwant %s", uid, got, is)
}

func TestWatch(t *testing.T) {
	s := newServer(t)
	s.list = listed
	w := start(t, s)
	pod(t, w, "u1", `shop/web-7c9-x on n1 as web: Deployment web true, ["app" "side" "init"], privileged ["app"]`)
	pod(t, w, "u2", `kube-system/etcd-n1 on n1 as : Pod etcd false, [], privileged []`)
	pod(t, w, "h2", `kube-system/etcd-n1 on n1 as : Pod etcd false, [], privileged []`)
	s.events <- fresh
	pod(t, w, "u3", `shop/once-29384756-a on n1 as : CronJob once true, [], privileged []`)
	s.events <- `{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"9"}}}`
	s.events <- `{"type":"DELETED","object":{"kind":"Pod","metadata":{"name":"web-7c9-x","uid":"u1","resourceVersion":"10"}}}`
	if err := os.WriteFile(w.config.TokenFile, []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.events <- "end"
	s.events <- `{"type":"MODIFIED","object":{"metadata":{"name":"etcd-n1","namespace":"kube-system","uid":"u2","resourceVersion":"11"},"spec":{"nodeName":"n1","serviceAccountName":"late"}}}`
	pod(t, w, "u2", `kube-system/etcd-n1 on n1 as late: Pod etcd-n1 false, [], privileged []`)
	pod(t, w, "u1", `shop/web-7c9-x on n1 as web: Deployment web true, ["app" "side" "init"], privileged ["app"]`) // lately deleted
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.asked[len(s.asked)-1]
	if !strings.Contains(again, "resourceVersion=10") || !strings.Contains(again, "allowWatchBookmarks=true") {
		t.Errorf("the watch went on with %s", again)
	}
	if !s.tokens["Bearer one"] || !s.tokens["Bearer two"] {
		t.Errorf("tokens %v", s.tokens)
	}
	if st := w.State(); st.Pods != 3 || !st.Listed || st.Err != nil || st.Bytes <= 0 {
		t.Errorf("%+v", st)
	}
}

func TestOwnersAreAsked(t *testing.T) {
	s := newServer(t)
	s.list = listed
	s.objects["/apis/apps/v1/namespaces/shop/replicasets/web-7c9"] = `{"kind":"PartialObjectMetadata","metadata":{"name":"web-7c9","uid":"rs","ownerReferences":[{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","name":"web","uid":"ro","controller":true}]}}`
	s.objects["/apis/batch/v1/namespaces/shop/jobs/once-29384156"] = `{"kind":"Job","metadata":{"name":"once-29384156","uid":"job"}}`
	w := start(t, s)
	pod(t, w, "u1", `shop/web-7c9-x on n1 as web: Rollout web false, ["app" "side" "init"], privileged ["app"]`)
	s.events <- fresh
	pod(t, w, "u3", `shop/once-29384756-a on n1 as : Job once-29384156 false, [], privileged []`)
	s.events <- fresh // what is told again does not become uncertain
	s.events <- `{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}`
	if p := w.Known("u3"); p.ByName {
		t.Errorf("%+v", p)
	}
}

func TestVersionTooOld(t *testing.T) {
	s := newServer(t)
	s.list, s.expired = listed, true
	w := start(t, s)
	pod(t, w, "u1", `shop/web-7c9-x on n1 as web: Deployment web true, ["app" "side" "init"], privileged ["app"]`)
	s.mu.Lock()
	s.list = strings.Replace(strings.Replace(listed, `"resourceVersion":"1"`, `"resourceVersion":"2"`, 1), `"uid":"u1"`, `"uid":"u9"`, 1)
	s.mu.Unlock()
	pod(t, w, "u9", `shop/web-7c9-x on n1 as web: Deployment web true, ["app" "side" "init"], privileged ["app"]`)
	s.mu.Lock()
	defer s.mu.Unlock()
	lists := 0
	for _, a := range s.asked {
		if strings.Contains(a, "watch=1") || !strings.HasPrefix(a, podsPath) {
			continue
		}
		if first := strings.Contains(a, "resourceVersion=0"); first != (lists == 0) {
			t.Errorf("list %d asks %s: only the first may be out of a cache", lists, a)
		}
		lists++
	}
	if lists < 2 {
		t.Errorf("asked %q", s.asked)
	}
}

func TestRefused(t *testing.T) {
	s := newServer(t)
	s.list = `{"metadata":{"resourceVersion":""},"items":[]}`
	w := start(t, s)
	deadline := time.Now().Add(time.Minute)
	for w.State().Err == nil && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if err := w.State().Err; !errors.Is(err, errForm) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := w.Pod(ctx, "u1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestKubeconfig(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("ca.pem", "CA")
	head := "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
	cluster := "clusters: [{name: k, cluster: {server: 'https://h:1', certificate-authority: ca.pem}}]\n"
	tests := []struct{ name, text, want string }{
		{"token", head + cluster + "users: [{name: u, user: {token: t, tokenFile: tok}}]", ""},
		{"data", head + cluster + "users: [{name: u, user: {client-certificate-data: " + base64.StdEncoding.EncodeToString([]byte("C")) + ", client-key-data: " + base64.StdEncoding.EncodeToString([]byte("K")) + "}}]", ""},
		{"program", head + cluster + "users: [{name: u, user: {exec: {command: aws}}}]", "signs in by a program"},
		{"insecure", head + "clusters: [{name: k, cluster: {server: 'https://h:1', insecure-skip-tls-verify: true}}]\nusers: [{name: u}]", "insecure-skip-tls-verify"},
		{"no user", head + cluster, `no user "u"`},
		{"no cluster", head + "users: [{name: u}]", `no cluster "k"`},
		{"no context", "current-context: x", `no context "x"`},
		{"no file", head + strings.Replace(cluster, "ca.pem", "nothing.pem", 1) + "users: [{name: u}]", "nothing.pem"},
		{"no base64", head + cluster + "users: [{name: u, user: {client-key-data: '%'}}]", "no base64"},
		{"no YAML", "{", "yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Kubeconfig(write("config", tt.text), "")
			if tt.want != "" {
				if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil || c.Server != "https://h:1" || string(c.CA) != "CA" {
				t.Errorf("%+v, %v", c, err)
			}
			if tt.name == "token" && (c.Token != "t" || c.TokenFile != filepath.Join(dir, "tok")) || tt.name == "data" && (string(c.Cert) != "C" || string(c.Key) != "K") {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []Config{{}, {Server: "http://h"}, {Server: "https://"}, {Server: "https://h", CA: []byte("x")}, {Server: "https://h", Cert: []byte("x")}, {Server: "%"}} {
		if _, err := New(c, "n1"); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := New(Config{Server: "https://h"}, ""); !errors.Is(err, ErrConfig) {
		t.Errorf("%v", err)
	}
	if _, err := InCluster("", "", t.TempDir()); !errors.Is(err, ErrConfig) {
		t.Errorf("%v", err)
	}
}

// FuzzStream reads what no API server would send.
func FuzzStream(f *testing.F) {
	f.Add([]byte(listed))
	f.Add([]byte(fresh))
	f.Add([]byte(`{"items":null,"metadata":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		k := &Watcher{known: newKnown(), node: "n1"}
		k.owners = newOwners(k)
		_, _ = newStream(strings.NewReader(string(b))).list(k.put)
		for s := newStream(strings.NewReader(string(b))); ; {
			var e watched
			if s.next(&e) != nil || k.take(&e) != nil {
				break
			}
		}
	})
}
