package stage

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// TestStage plays three steps on a real cluster and reads their labels: who did it, from which pod, seen where.
func TestStage(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a cluster")
	}
	self := clustertest.Program(t) // skips where there can be no cluster
	app := filepath.Join(t.TempDir(), "app")
	build := exec.Command("go", "build", "-o", app, "github.com/lynceus-io/lynceus/test/scenarios/cmd/app")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var log bytes.Buffer
	s, err := Open(t.Context(), Options{Policy: []byte(cluster.DefaultAuditPolicy), Log: &log,
		Programs: Programs{Cluster: self, App: app, Binaries: os.Getenv(cluster.BinariesEnv)}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const image = "lynceus.test/app:1"
	s.Images(image)
	s.Admin().Must("run", "web", "--image="+image, "--image-pull-policy=IfNotPresent", "--labels=app=web")
	s.Admin().Must("run", "other", "--image="+image, "--image-pull-policy=IfNotPresent", "--labels=app=other")
	s.Wrote(s.Admin(), "default", "Pod/web")
	web, other := s.Pod("default", "app=web"), s.Pod("default", "app=other")
	street := s.Outside("street", "203.0.113.66")

	s.Attack("T1613", "", "asks without a credential").As(s.Anonymous(street)).
		Do(func(a *Act) { a.Request("curl/8.5.0", "GET", "/api/v1/secrets", "") })
	s.Attack("T1613", "", "asks from the pod").As(web.ServiceAccount()).
		Do(func(a *Act) { a.Kubectl("get", "pods") })
	s.Attack("T1550.001", "", "uses the pod's token in another").As(s.Bearer(other, web.Token(), web)).
		Do(func(a *Act) { a.Request("curl/8.5.0", "GET", "/api/v1/namespaces/default/pods", "") })

	dir := t.TempDir()
	rec, err := s.Save(dir)
	if err != nil || s.Err() != nil {
		t.Fatalf("%v, %v\n%s", err, s.Err(), &log)
	}
	if rec.Steps != 3 || len(rec.Unseen) != 0 || rec.Events < 500 {
		t.Errorf("recorded %+v", rec)
	}
	written, err := os.ReadFile(filepath.Join(dir, "steps.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	const account = "system:serviceaccount:default:default"
	want := [][5]string{
		{"system:anonymous", "203.0.113.66", "", "", ""},
		{account, web.IP, "default/web", "kubernetes-admin", "default/web"},
		{account, other.IP, "default/web", "kubernetes-admin", "default/other"},
	}
	for i, line := range bytes.Split(bytes.TrimSpace(written), []byte("\n")) {
		var st Step
		if err := json.Unmarshal(line, &st); err != nil {
			t.Fatal(err)
		}
		if got := [5]string{st.Actor, st.From, st.Pod, st.Writer, st.CallerPod}; got != want[i] || len(st.AuditIDs) != 1 {
			t.Errorf("step %d: %v with %d requests, want %v with one", st.Number, got, len(st.AuditIDs), want[i])
		}
	}
}
