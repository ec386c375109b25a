package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	crowd         = 10_000           // pods of the large cluster
	crowdRate     = 500              // their changes a second
	crowdTime     = 30 * time.Second // for so long
	crowdMemory   = 160 << 20        // what the agent may take, in bytes
	crowdInterval = time.Second / 50 // between bursts of changes
	crowdBurst    = crowdRate / 50   // changes of a burst
	crowdChanges  = int64(crowdTime/crowdInterval) * crowdBurst
)

// crowded answers like the API server of a cluster with very many pods. No real one of that size runs on a test machine.
type crowded struct {
	t     *testing.T
	sent  atomic.Int64
	begun chan struct{} // closed when changes may begin
}

func crowdPod(i int, version int64) map[string]any {
	name := fmt.Sprintf("web-%d-abcde", i)
	env := make([]map[string]string, 20)
	for j := range env {
		env[j] = map[string]string{"name": fmt.Sprintf("SETTING_%d", j), "value": strings.Repeat("v", 60)}
	}
	return map[string]any{
		"kind": "Pod", "apiVersion": "v1",
		"metadata": map[string]any{
			"name": name, "namespace": fmt.Sprintf("team-%d", i%50), "uid": fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "resourceVersion": strconv.FormatInt(version, 10),
			"creationTimestamp": "2026-01-02T03:04:05Z", "labels": map[string]string{"app": fmt.Sprintf("web-%d", i/10), "pod-template-hash": "abcde"},
			"ownerReferences": []any{map[string]any{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": fmt.Sprintf("web-%d", i/10), "uid": fmt.Sprintf("rs-%d", i/10), "controller": true}},
			"managedFields":   []any{map[string]any{"manager": "kubelet", "fieldsV1": map[string]any{"f:status": strings.Repeat("f", 1500)}}},
		},
		"spec": map[string]any{
			"nodeName": fmt.Sprintf("node-%d", i%200), "serviceAccountName": "web",
			"containers": []any{map[string]any{"name": "web", "image": "registry.example.com/team/web:1.2.3", "env": env}},
		},
		"status": map[string]any{
			"phase": "Running", "podIP": fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255),
			"containerStatuses": []any{map[string]any{"name": "web", "containerID": fmt.Sprintf("containerd://%064d", version), "imageID": "registry.example.com/team/web@sha256:" + strings.Repeat("a", 64)}},
		},
	}
}

func (s *crowded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	resource := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	switch {
	case r.URL.Query().Get("watch") == "" && resource == "pods":
		s.page(w, r)
	case r.URL.Query().Get("watch") == "" && resource == "namespaces":
		fmt.Fprint(w, `{"kind":"NamespaceList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"kube-system","uid":"12345678-large"}}]}`)
	case r.URL.Query().Get("watch") == "":
		fmt.Fprint(w, `{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}`)
	case resource == "pods":
		w.(http.Flusher).Flush()
		s.change(w, r)
	default:
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

func (s *crowded) page(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit > 1000 {
		s.t.Errorf("a listing of 10,000 pods asks for %q at once", r.URL.Query().Get("limit"))
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	to := min(from+limit, crowd)
	m := map[string]any{"resourceVersion": "1"}
	if to < crowd {
		m["continue"] = strconv.Itoa(to)
	}
	items := make([]any, 0, to-from)
	for i := from; i < to; i++ {
		items = append(items, crowdPod(i, 1))
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "PodList", "apiVersion": "v1", "metadata": m, "items": items})
}

// change sends the changes of half a minute.
func (s *crowded) change(w http.ResponseWriter, r *http.Request) {
	select {
	case <-s.begun:
	case <-r.Context().Done():
		return
	}
	lines := json.NewEncoder(w)
	tick := time.NewTicker(crowdInterval)
	defer tick.Stop()
	for n := int64(2); s.sent.Load() < crowdChanges; {
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
		for range crowdBurst {
			pod := crowdPod(int(n*7919%crowd), n)
			if lines.Encode(map[string]any{"type": "MODIFIED", "object": pod}) != nil {
				return
			}
			n++
			s.sent.Add(1)
		}
		w.(http.Flusher).Flush()
	}
	<-r.Context().Done()
}

// TestAgentInALargeCluster states what the agent takes for 10,000 pods and 500 changes a second.
func TestAgentInALargeCluster(t *testing.T) {
	t.Parallel()
	if _, err := binary(); err != nil { // what building it takes is not measured
		t.Fatal(err)
	}
	s := &crowded{t: t, begun: make(chan struct{})}
	hs := httptest.NewServer(s)
	defer hs.Close()
	defer hs.CloseClientConnections()
	dir := t.TempDir()
	kubeconfig := filepath.Join(dir, "kubeconfig")
	text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"x","clusters":[{"name":"x","cluster":{"server":%q}}],"contexts":[{"name":"x","context":{"cluster":"x","user":"x"}}],"users":[{"name":"x","user":{}}]}`, hs.URL)
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "inventory.jsonl.gz")
	began := time.Now()
	agent := background(t, "agent", "--kubeconfig", kubeconfig, "--record", file)
	eventually(t, slow, "all pods are listed", func() error {
		if said := agent.said(t); !strings.Contains(said, "recording what changes") {
			return fmt.Errorf("%s", said)
		}
		return nil
	})
	listed := time.Since(began)
	afterList, cpu := agent.peak(t), agent.cpu(t)
	close(s.begun)
	eventually(t, crowdTime+slow, "all changes are sent", func() error {
		if n := s.sent.Load(); n < crowdChanges {
			return fmt.Errorf("%d of %d", n, crowdChanges)
		}
		return nil
	})
	var list []object
	var changed int64
	eventually(t, slow, "all changes are recorded", func() error {
		list = recorded(t, file)
		if changed = int64(len(find(list, func(o object) bool { return o.Change == "changed" }))); changed < crowdChanges {
			return fmt.Errorf("%d of %d", changed, crowdChanges)
		}
		return nil
	})
	peak, spent := agent.peak(t), agent.cpu(t)-cpu
	agent.end(t)
	present := len(find(list, func(o object) bool { return o.Change == "present" && o.Resource == "pods" }))
	t.Logf("%d pods listed in %v; %d changes in %v; peak memory %d MB after the listing, %d MB at the end; %.1f%% of a core for the changes",
		present, listed.Round(100*time.Millisecond), changed, crowdTime, afterList>>20, peak>>20, 100*spent.Seconds()/crowdTime.Seconds())
	if present != crowd || changed != crowdChanges {
		t.Errorf("%d pods, %d changes; want %d and %d", present, changed, crowd, crowdChanges)
	}
	if peak > crowdMemory {
		t.Errorf("the agent took %d MB", peak>>20)
	}
}

// peak is the most memory that the program had, in bytes.
func (r *running) peak(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

// cpu is the processor time that the program has taken.
func (r *running) cpu(t *testing.T) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := lastCut(string(text), ") ")
	fields := strings.Fields(rest)
	ticks := 0
	for _, f := range fields[11:13] { // utime and stime
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
