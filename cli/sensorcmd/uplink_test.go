//go:build linux

package sensorcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// trialHub is a hub that gives certificates and remembers what comes.
type trialHub struct {
	t         *testing.T
	authority *pki.Authority
	gate      *gate.Gate
	address   string
	api       *httptest.Server

	mu     sync.Mutex
	events []event.Event
	marks  map[string]uint64
	names  []peer.Name
}

// trialToken is the proof that it takes.
const trialToken = "lyn_trial"

func newTrialHub(t *testing.T) *trialHub {
	t.Helper()
	h := &trialHub{t: t, address: "127.0.0.1:0", marks: map[string]uint64{}}
	var err error
	if h.authority, err = pki.Open(t.TempDir(), time.Now); err != nil {
		t.Fatal(err)
	}
	h.open()
	h.address = h.gate.Address().String()
	h.api = httptest.NewServer(http.HandlerFunc(h.enroll))
	t.Cleanup(h.api.Close)
	t.Cleanup(func() { _ = h.gate.Close() })
	return h
}

func (h *trialHub) open() {
	var err error
	if h.gate, err = gate.Open(gate.Options{Listen: h.address, Authority: h.authority, Take: h.take}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *trialHub) enroll(w http.ResponseWriter, r *http.Request) {
	var in enroll.Request
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("Authorization") != "Bearer "+trialToken || r.URL.Path != enroll.Path {
		http.Error(w, `{"message": "no"}`, http.StatusForbidden)
		return
	}
	c, err := h.authority.Issue([]byte(in.PEM), peer.Name{Kind: peer.Sensor, ClusterUID: "u1", Node: in.Node})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(peer.Issued{Certificate: c, Authorities: h.authority.Authorities(), Gate: h.address})
}

func (h *trialHub) take(_ context.Context, from peer.Name, lane peer.Lane, b peer.Batch) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if key := string(lane) + b.Epoch; b.Sequence > h.marks[key] {
		h.marks[key] = b.Sequence
		var err error
		if h.events, err = decode(h.events, b.Payload); err != nil {
			return &gate.Refused{Reason: err.Error()}
		}
		h.names = append(h.names, from)
	}
	return nil
}

// await returns the first event that is wanted, and how many there are.
func (h *trialHub) await(what string, want func(*event.Event) bool) (*event.Event, int) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		h.mu.Lock()
		var first *event.Event
		n := 0
		for i := range h.events {
			if want(&h.events[i]) {
				if n++; first == nil {
					first = h.events[i].Clone()
				}
			}
		}
		h.mu.Unlock()
		if first != nil {
			return first, n
		}
	}
	h.t.Fatalf("%s did not come", what)
	return nil, 0
}

// launched wants the launch of a program with an argument.
func launched(argument string) func(*event.Event) bool {
	return func(e *event.Event) bool {
		return event.Activity.Get(e) == "Launch" && strings.HasSuffix(event.ProcessCmdLine.Get(e), " "+argument)
	}
}

// locked is a buffer for several goroutines.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// watchFor runs the command until the answer is called, which returns what it said.
func watchFor(t *testing.T, args ...string) (stop func() string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var said locked
	done := make(chan int, 1)
	go func() { done <- Run(ctx, args, &said, &said) }()
	return sync.OnceValue(func() string {
		cancel()
		if code := <-done; code != exitDone {
			t.Errorf("code %d: %s", code, said.String())
		}
		return said.String()
	})
}

// A sensor enrols, sends what it sees and its reports, obeys commands, goes on when the hub was away, and takes up in the
// next run what was left.
func TestHub(t *testing.T) {
	require.BPF(t)
	h := newTrialHub(t)
	dir := t.TempDir()
	state, proof := filepath.Join(dir, "state"), filepath.Join(dir, "token")
	if err := os.WriteFile(proof, []byte(trialToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--hub", h.api.URL, "--hub-token-file", proof, "--state", state, "--node", "w1", "--hub-policies", "--runtime", "none"}
	stop := watchFor(t, args...)
	defer stop()
	h.await("what runs already", func(e *event.Event) bool { return event.Activity.Get(e) == "Running" })
	run := func(argument string) {
		t.Helper()
		if err := exec.Command("/bin/true", argument).Run(); err != nil {
			t.Fatal(err)
		}
	}
	run("first")
	h.await("a program", launched("first"))
	report, _ := h.await("a report", func(e *event.Event) bool {
		a, ok := coverage.Read(e)
		return ok && a.Kind == coverage.Total
	})
	if a, ok := coverage.Read(report); !ok || a.Node != "w1" || a.Seen == 0 || a.Gone() > 0 {
		t.Errorf("%+v", a)
	}
	h.commands()

	if err := h.gate.Close(); err != nil {
		t.Fatal(err)
	}
	run("away")
	time.Sleep(time.Second)
	h.open()
	if _, n := h.await("a program that ran while the hub was away", launched("away")); n != 1 {
		t.Errorf("it came %d times", n)
	}

	// While the hub is away the sensor ends. What it saw last comes with the next.
	if err := h.gate.Close(); err != nil {
		t.Fatal(err)
	}
	run("last")
	time.Sleep(time.Second)
	if said := stop(); !strings.Contains(said, "for the hub") {
		t.Errorf("it does not say that something is left: %s", said)
	}
	h.open()
	h.api.Close() // the certificate is still there
	stop = watchFor(t, args...)
	if _, n := h.await("what was left", launched("last")); n != 1 {
		t.Errorf("it came %d times", n)
	}
	if set, err := (&hubPolicies{path: filepath.Join(state, policiesName)}).load(); err != nil || len(set.Policies) != 1 {
		t.Errorf("%+v, %v", set, err)
	}
	stop()
	if info, err := os.Stat(state); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if slices.ContainsFunc(h.names, func(n peer.Name) bool { return n.Node != "w1" }) {
		t.Error(h.names)
	}
}

// trialPolicy is a policy that stops nothing here.
const trialPolicy = `
policies:
  - name: no-miners
    mode: observe
    action: kill-process
    pods: [{namespace: nowhere}]
    match: {paths: [/usr/bin/xmrig]}
`

// commands has the sensor do what a hub can ask for.
func (h *trialHub) commands() {
	t := h.t
	t.Helper()
	to := peer.Name{Kind: peer.Sensor, ClusterUID: "u1", Node: "w1"}
	ask := func(kind string, body any) peer.Answer {
		t.Helper()
		a, err := h.gate.Command(t.Context(), to, kind, body, 5*time.Second)
		if err != nil && a.Error == "" {
			t.Fatalf("%s: %v", kind, err)
		}
		return a
	}
	var s standing
	if a := ask(peer.Report, nil); json.Unmarshal(a.Body, &s) != nil || s.Events == 0 || s.Sensor == "" {
		t.Errorf("%+v", a)
	}
	var p peer.PolicyState
	a := ask(peer.Policy, peer.PolicySet{Version: "v7", Files: map[string]string{"a.yaml": trialPolicy}})
	if json.Unmarshal(a.Body, &p) != nil || p != (peer.PolicyState{Version: "v7", Policies: 1}) {
		t.Errorf("%s %s", a.Error, a.Body)
	}
	a = ask(peer.Policy, peer.PolicySet{Version: "v8", Files: map[string]string{"a.yaml": "policies: 7"}})
	if a.Error == "" {
		t.Error("a set that is wrong was taken")
	}
	if a := ask("dance", nil); !strings.Contains(a.Error, "knows no command") {
		t.Errorf("%+v", a)
	}
}

func TestHubPolicies(t *testing.T) {
	p := &hubPolicies{path: filepath.Join(t.TempDir(), policiesName)}
	if set, err := p.load(); err != nil || set == nil || len(set.Policies) != 0 {
		t.Fatalf("%+v, %v", set, err)
	}
	var applied []int
	apply := func(s *enforce.Set) error {
		applied = append(applied, len(s.Policies))
		if len(s.Policies) == 2 {
			return errors.New("no room")
		}
		return nil
	}
	other := strings.Replace(trialPolicy, "no-miners", "other", 1)
	for _, tt := range []struct {
		version string
		files   map[string]string
		want    int
		fails   string
	}{
		{"v1", map[string]string{"a": trialPolicy}, 1, ""},
		{"v2", map[string]string{"a": trialPolicy, "b": trialPolicy}, 0, "another file"},
		{"v3", map[string]string{"a": trialPolicy, "b": other}, 0, "no room"},
		{"v4", map[string]string{"a": "\x00"}, 0, "a:"},
		{"v5", nil, 0, ""},
	} {
		n, err := p.replace(&peer.PolicySet{Version: tt.version, Files: tt.files}, apply)
		if n != tt.want || (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
			t.Errorf("%s: %d, %v", tt.version, n, err)
		}
	}
	if p.version() != "v5" || !slices.Equal(applied, []int{1, 2, 0}) {
		t.Errorf("%s, %v", p.version(), applied)
	}
	q := &hubPolicies{path: p.path}
	if set, err := q.load(); err != nil || len(set.Policies) != 0 || q.version() != "v5" {
		t.Errorf("%+v, %v", set, err)
	}
	if err := os.WriteFile(p.path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := q.load(); err == nil {
		t.Error("a damaged file was taken")
	}
}
