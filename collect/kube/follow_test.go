package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/inventory"
)

// server answers for configmaps of one namespace, as an API server that can
// be told to fail; every other kind is empty, and secrets are forbidden.
type server struct {
	t  *testing.T
	mu sync.Mutex
	// names that a listing has, in pages of two.
	names    []string
	listings int
	watches  chan chan string // each watch that is opened, for lines to send
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	resource := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	watching := r.URL.Query().Get("watch") != ""
	switch {
	case r.URL.Path == "/apis/argoproj.io/v1":
		fmt.Fprint(w, `{"kind":"APIResourceList","resources":[{"name":"rollouts/status","kind":"Rollout"},{"name":"rollouts","kind":"Rollout","namespaced":true}]}`)
	case r.URL.Path == "/apis/argoproj.io/v1/namespaces/ns/rollouts/r1":
		fmt.Fprint(w, `{"apiVersion":"argoproj.io/v1","kind":"Rollout","metadata":{"name":"r1","namespace":"ns","uid":"r1"}}`)
	case resource == "secrets":
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}`)
	case resource == "configmaps" && watching:
		lines := make(chan string)
		w.(http.Flusher).Flush()
		select {
		case s.watches <- lines:
		case <-r.Context().Done():
			return
		}
		for {
			select {
			case line, open := <-lines:
				if !open {
					return
				}
				fmt.Fprintln(w, line)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	case watching:
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	case resource == "configmaps":
		s.page(w, r)
	default:
		fmt.Fprint(w, `{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}`)
	}
}

func (s *server) page(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Query().Get("limit") != fmt.Sprint(pageSize) {
		s.t.Errorf("a listing asks for pages of %s", r.URL.Query().Get("limit"))
	}
	list := metav1.PartialObjectMetadataList{TypeMeta: metav1.TypeMeta{Kind: "PartialObjectMetadataList", APIVersion: "meta.k8s.io/v1"}}
	list.ResourceVersion = "100"
	from := 0
	if r.URL.Query().Get("continue") != "" {
		from = 2
	} else {
		s.listings++
	}
	to := len(s.names)
	if from == 0 && to > 2 {
		to, list.Continue = 2, "2"
	}
	for _, name := range s.names[from:to] {
		list.Items = append(list.Items, metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "ns", UID: types.UID(name), ResourceVersion: "1"}})
	}
	if err := json.NewEncoder(w).Encode(list); err != nil {
		s.t.Error(err)
	}
}

func (s *server) set(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names = names
}

// told collects what a Watcher tells, as "change name".
type told chan string

func (c told) expect(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for range want {
		select {
		case line := <-c:
			got = append(got, line)
		case <-time.After(time.Minute):
			t.Fatalf("told %q, want %q", got, want)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("told %q, want %q", got, want)
	}
}

func watchEvent(kind, name, version string) string {
	return fmt.Sprintf(`{"type":%q,"object":{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":%q,"namespace":"ns","uid":%[2]q,"resourceVersion":%q,"creationTimestamp":"2026-01-02T03:04:05Z"}}}`, kind, name, version)
}

func TestWatcher(t *testing.T) {
	s := &server{t: t, watches: make(chan chan string)}
	s.set("a", "b", "c")
	hs := httptest.NewServer(s)
	defer hs.Close()
	client, err := NewClient(&rest.Config{Host: hs.URL})
	if err != nil {
		t.Fatal(err)
	}
	out := make(told, 100)
	w, err := NewWatcher(Options{
		Client: client, Redactor: redact.New([]byte("k")), Known: []Known{{Resource: "configmaps", Namespace: "ns", Name: "before", UID: "u"}, {Resource: "nonsense", Name: "x", UID: "y"}},
		Emit: func(_ context.Context, o *inventory.Object) {
			if o.Check() != nil || o.Time == 0 {
				t.Errorf("%v: %+v", o.Check(), o)
			}
			out <- string(o.Change) + " " + o.Name
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	w.WaitListed()
	out.expect(t, "present a", "present b", "present c", "gone before")
	if trouble := w.Trouble(); len(trouble) != 1 || !strings.HasPrefix(trouble[0], "secrets: ") {
		t.Errorf("trouble %q", trouble)
	}
	lines := <-s.watches
	lines <- watchEvent("MODIFIED", "a", "101") // says nothing new but when it was created
	lines <- watchEvent("MODIFIED", "a", "102") // says nothing new
	lines <- watchEvent("ADDED", "d", "103")
	lines <- watchEvent("BOOKMARK", "", "110")
	lines <- watchEvent("DELETED", "b", "111")
	out.expect(t, "changed a", "added d", "deleted b")

	// A version that is too old needs a new listing; what is missing there is gone, what is new was added.
	s.set("a", "e")
	lines <- `{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}}`
	out.expect(t, "gone c", "gone d", "added e", "changed a")
	lines = <-s.watches
	lines <- strings.Replace(watchEvent("ADDED", "f", "120"), `"uid"`, `"ownerReferences":[{"apiVersion":"argoproj.io/v1","kind":"Rollout","name":"r1","uid":"r1","controller":true}],"uid"`, 1)
	out.expect(t, "added f", "present r1")
	if s.listings != 2 {
		t.Errorf("%d listings", s.listings)
	}
	stop()
	running.Wait()
	if len(out) > 0 {
		t.Errorf("also told: %s", <-out)
	}
}

func TestOwnersOfStrangers(t *testing.T) {
	asked := 0
	hs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked++; w.WriteHeader(http.StatusNotFound) }))
	defer hs.Close()
	client, err := NewClient(&rest.Config{Host: hs.URL})
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWatcher(Options{Client: client, Redactor: redact.New([]byte("k")), Emit: func(context.Context, *inventory.Object) { t.Error("told") }})
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"../../api/v1", "a?b/v1", "x/../v1", "", "UPPER/v1"} {
		w.owners.look(t.Context(), owner{namespace: "ns", ref: metav1.OwnerReference{APIVersion: version, Kind: "K", Name: "n", UID: types.UID("u" + version)}})
	}
	if asked != 0 {
		t.Errorf("%d requests for versions that are none", asked)
	}
	const kinds = 21 // requests are limited to some twenty a second
	for i := range kinds {
		w.owners.look(t.Context(), owner{namespace: "ns", ref: metav1.OwnerReference{APIVersion: fmt.Sprintf("g%d/v1", i), Kind: "K", Name: "n", UID: types.UID(fmt.Sprint(i))}})
	}
	if got := len(w.Trouble()); got != kinds {
		t.Errorf("%d kinds in trouble", got)
	}
}
