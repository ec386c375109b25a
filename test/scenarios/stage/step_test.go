package stage

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// answers of a cluster with an application of a deployment, and a pod of its own.
var twoPods = map[string]string{
	"wait":                           "condition met",
	"-n payments get pod -l app=api": "api-5d4-x2x 10.244.0.7",
	"get Pod/api-5d4-x2x":            "ReplicaSet/api-5d4",
	"get ReplicaSet/api-5d4":         "Deployment/api",
	"get Deployment/api":             "/",
	"-n data get pod volume-debug":   "volume-debug 10.244.0.9",
	"get Pod/volume-debug":           "/",
}

func TestPodIsDescribed(t *testing.T) {
	s, log := rehearsal(t, twoPods)
	mira := &Actor{User: "mira.holm", s: s}
	s.Wrote(mira, "data", "Pod/volume-debug")
	s.Wrote(mira, "shop", "Deployment/api") // another namespace's
	for _, c := range []struct {
		got  *Pod
		want [4]string
	}{
		{s.Pod("payments", "app=api"), [4]string{"payments/api-5d4-x2x", "10.244.0.7", "Deployment/api", ""}},
		{s.PodNamed("data", "volume-debug"), [4]string{"data/volume-debug", "10.244.0.9", "Pod/volume-debug", "mira.holm"}},
	} {
		if got := [4]string{c.got.String(), c.got.IP, c.got.Workload, c.got.Writer}; got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if s.Err() != nil {
		t.Error(log)
	}
}

// TestLabels reads labels as those who measure do: from the file.
func TestLabels(t *testing.T) {
	s, log := rehearsal(t, twoPods)
	api, debug := s.Pod("payments", "app=api"), s.PodNamed("data", "volume-debug")
	api.Writer, debug.Writer = "ci-pipeline", "mira.holm"
	mira := &Actor{User: "mira.holm", Person: "mira.holm", In: street, s: s}
	token := "h.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6cGF5bWVudHM6YXBpIn0.s"
	for _, step := range []*Step{
		s.Attack("T1552.007", "Credential Access: List Kubernetes secrets", "by certificate").As(mira.At(street)).On(api),
		s.Attack("T1550.001", "", "by stolen token, elsewhere").As(s.Bearer(debug, token, api).By("mira.holm")).Assuming("anna.keller"),
		s.Attack("T1550.001", "", "by a token of no pod").As(s.Bearer(street, token, nil)),
		s.Notable("T1609", "by the administrator"),
	} {
		step.Do(func(*Act) {})
	}
	for i, st := range s.steps {
		st.Number, st.AuditIDs = i+1, []string{"a"}
	}
	file := filepath.Join(t.TempDir(), "steps.jsonl")
	if err := writeSteps(file, s.steps, newScrub(machine{}, "", nil)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"attack":true,"actor":"mira.holm","person":"mira.holm","from":"203.0.113.66","target_pod":"payments/api-5d4-x2x","target_workload":"Deployment/api","target_writer":"ci-pipeline"}`,
		`{"attack":true,"actor":"system:serviceaccount:payments:api","as":"anna.keller","person":"mira.holm","from":"10.244.0.9","pod":"payments/api-5d4-x2x","workload":"Deployment/api","writer":"ci-pipeline","caller_pod":"data/volume-debug","caller_workload":"Pod/volume-debug"}`,
		`{"attack":true,"actor":"system:serviceaccount:payments:api","from":"203.0.113.66"}`,
		`{"attack":false,"actor":"kubernetes-admin","from":"10.0.0.10"}`,
	}
	lines := strings.Split(strings.TrimSpace(readAll(t, file)), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d\n%s", len(lines), len(want), log)
	}
	for i, line := range lines {
		var got, exp map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want[i]), &exp); err != nil {
			t.Fatal(err)
		}
		for _, k := range []string{"step", "what", "technique", "t0", "t1", "audit_ids"} {
			if got[k] == nil {
				t.Errorf("line %d has no %s", i+1, k)
			}
			delete(got, k)
		}
		delete(got, "matrix")
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(exp)
		if string(a) != string(b) {
			t.Errorf("line %d\n got %s\nwant %s", i+1, a, b)
		}
	}
}

// TestMistakes: what cannot be played as written ends in an error that says what it was, and the story goes on.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name, want string
		play       func(*Stage)
	}{
		{"a refusal is none", "", func(s *Stage) { s.Attack("T1", "", "is refused").Do(func(a *Act) { a.Kubectl("get", "secrets") }) }},
		{"what must succeed", `step "deletes": kubectl delete pod x: exit status 1`, func(s *Stage) { s.Attack("T1", "", "deletes").Do(func(a *Act) { a.Must("delete", "pod", "x") }) }},
		{"a pod that is not there", "kubectl -n none wait", func(s *Stage) { s.Pod("none", "app=x") }},
		{"an unknown method", `request G T /x`, func(s *Stage) { s.admin.Request("curl", "G T", "/x", "") }},
	} {
		s, _ := rehearsal(t, nil)
		c.play(s)
		if err := s.Err(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
