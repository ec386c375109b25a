package e2e

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// execPolicy records requests to run commands twice, when the connection stands and when it is over, and nothing else.
const execPolicy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  resources: [{group: "", resources: [pods/exec]}]
- level: None
`

const execRights = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: executors}
rules: [{apiGroups: [""], resources: [pods/exec], verbs: [create, get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: executors}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: executors}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: executors}]
`

// enteredRule finds each program that is run by what was started in a container from outside.
const enteredRule = `
title: A program of somebody's session
id: 5f0c3a60-6c11-4b52-9d0f-1f1f0ad7c5a1
name: session_program
logsource: {category: process_creation, product: linux}
detection:
  selection: {process.entered: true, activity: Launch}
  condition: selection
fields: [process.cmd_line, process.session_root.uid, k8s.session.user, k8s.session.candidates, k8s.session.uid]
level: low
lynceus:
  actor: [process.uid]
  target: [process.cmd_line]
`

// The crowd: people who run commands in pods.
const (
	execPeople, execPods = 8, 4
	colliding, ordered   = 100, 100
	repeats              = 25 // how many commands those run that do not collide
)

// A runner is a person with a connection to the API server.
type runner struct {
	name   string
	server string
	client *http.Client
}

func newRunner(t *testing.T, c *cluster.Cluster, name string) *runner {
	t.Helper()
	kubeconfig, err := c.User(cluster.FromMachine, name, "executors")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	var k struct {
		Clusters []struct{ Cluster struct{ Server string } }
	}
	if err := json.Unmarshal(text, &k); err != nil || len(k.Clusters) != 1 {
		t.Fatalf("%s: %v", kubeconfig, err)
	}
	config := clientTLS(t, kubeconfig)
	config.NextProtos = []string{"http/1.1"}
	transport := &http.Transport{TLSClientConfig: config, TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}}
	t.Cleanup(transport.CloseIdleConnections)
	return &runner{name, k.Clusters[0].Cluster.Server, &http.Client{Transport: transport}}
}

// run runs a command in a container with a line on its standard input, as kubectl exec -i does, and waits for its end.
func (r *runner) run(ctx context.Context, namespace, pod, line string, command ...string) error {
	q := url.Values{"command": command, "container": {"app"}, "stdin": {"true"}, "stdout": {"true"}, "stderr": {"true"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.server+"/api/v1/namespaces/"+namespace+"/pods/"+pod+"/exec?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	key := make([]byte, 16)
	rand.Read(key)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": base64.StdEncoding.EncodeToString(key),
		"Sec-WebSocket-Protocol": "v5.channel.k8s.io",
	} {
		req.Header.Set(name, value)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	stream, ok := resp.Body.(io.ReadWriter)
	if resp.StatusCode != http.StatusSwitchingProtocols || !ok {
		return fmt.Errorf("exec: %s", resp.Status)
	}
	// One frame (RFC 6455): whole, binary, masked with zeros; its first byte is the channel, 0 for standard input.
	payload := "\x00" + line + "\n"
	if _, err := stream.Write(append([]byte{0x82, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)); err != nil {
		return err
	}
	in := bufio.NewReader(stream)
	for {
		head := make([]byte, 2)
		if _, err := io.ReadFull(in, head); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if head[0]&0x0f == 8 { // the end
			return nil
		}
		if _, err := in.Discard(int(head[1] & 0x7f)); err != nil {
			return err
		}
	}
}

// TestSensorPersons has 8 people run 200 commands in 4 pods. Half of them are the same command in one container, asked
// for within one second. Each writes to its standard input who it is, which only the process learns, and runs that as a
// program; so the events say who it was, and the join, which does not look at that, has to say the same.
func TestSensorPersons(t *testing.T) {
	t.Parallel()
	c := clustertest.Start(t, cluster.Config{AuditPolicy: []byte(execPolicy)})
	image := clustertest.ShellImage(t, c)
	clustertest.Apply(t, c, execRights)
	namespace := clustertest.Namespace(t, c, "shop")
	var pods []string
	for i := range execPods {
		pods = append(pods, fmt.Sprintf("web-%d", i))
	}
	clustertest.Apply(t, c, shells(namespace, image, pods...))
	clustertest.Kubectl(t, c, "-n", namespace, "wait", "--for=condition=Ready", "pods", "--all", "--timeout=180s")
	var people []*runner
	for i := range execPeople {
		people = append(people, newRunner(t, c, fmt.Sprintf("user-%d", i)))
	}
	s := senseNode(t, c)

	const script = "read u; exec /bin/busybox echo $u"
	failed := make(chan error, colliding+ordered)
	session := func(wait *sync.WaitGroup, r *runner, pod, line string, command ...string) {
		wait.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), slow)
			defer cancel()
			if err := r.run(ctx, namespace, pod, line, command...); err != nil {
				failed <- fmt.Errorf("%s: %w", line, err)
			}
		})
	}
	var wait sync.WaitGroup
	began := time.Now()
	for i := range colliding {
		r := people[i%execPeople]
		session(&wait, r, pods[0], fmt.Sprintf("%s same %d", r.name, i), "sh", "-c", script)
	}
	asked := time.Since(began)
	wait.Wait()
	t.Logf("%d sessions with one command in one container asked for within %v, over after %v", colliding, asked, time.Since(began))
	for i := 0; i < ordered; i += execPeople {
		for k := i; k < min(i+execPeople, ordered); k++ {
			r := people[(k*3+k/repeats)%execPeople]
			session(&wait, r, pods[k%repeats%execPods], fmt.Sprintf("%s other %d", r.name, k), "sh", "-c", fmt.Sprintf("%s; : %d", script, k%repeats))
		}
		wait.Wait()
	}
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	time.Sleep(3 * time.Second) // for the last lines of the audit log
	s.stop(t)
	judgePersons(t, c.AuditLog(), s.out)
}

// A sessionFinding is what enteredRule finds.
type sessionFinding struct {
	RuleName string `json:"rule_name"`
	Evidence []struct{ Field, Value string }
}

// of returns a field of what was found.
func (f *sessionFinding) of(field string) string {
	for _, e := range f.Evidence {
		if e.Field == field {
			return e.Value
		}
	}
	return ""
}

// judgePersons joins the files and compares what comes of it with what the processes said of themselves.
func judgePersons(t *testing.T, auditLog, events string) {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	rule := filepath.Join(t.TempDir(), "session.yml")
	if err := os.WriteFile(rule, []byte(enteredRule), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(bin, "scan", "-q", "--no-builtin", "--rules", rule, "-o", "json", auditLog, events).Output()
	if err != nil {
		t.Fatalf("lynceus scan: %v", err)
	}
	var result struct{ Findings []sessionFinding }
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatal(err)
	}
	seen, wrong, unlisted, rest, right := 0, 0, 0, 0, 0
	for _, f := range result.Findings {
		said, ok := strings.CutPrefix(f.of("process.cmd_line"), "/bin/busybox echo ")
		words := strings.Fields(said)
		if !ok || len(words) != 3 {
			continue
		}
		seen++
		person := f.of("k8s.session.user")
		candidates := strings.Split(f.of("k8s.session.candidates"), ",")
		if person != "" && person != words[0] {
			wrong++
			t.Logf("%s was taken for %s", said, person)
		}
		if words[1] == "same" && person == "" && !slices.Contains(candidates, words[0]) {
			unlisted++
			t.Logf("%s is not among %q", said, candidates)
		}
		if words[1] == "other" {
			rest++
			if person == words[0] && f.of("k8s.session.uid") != "" {
				right++
			} else {
				t.Logf("%s: %q of %q", said, person, candidates)
			}
		}
	}
	t.Logf("%d sessions: %d wrong, %d collided without the right candidate; of %d others %d right", seen, wrong, unlisted, rest, right)
	if seen != colliding+ordered || wrong > 0 || unlisted > 0 || right*100 < rest*99 {
		t.Error("not as it should be")
	}
}
