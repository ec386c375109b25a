//go:build cgo

package hub

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/kql/value"
)

// The attackers of docs/faults.md who come by the API; those who come by the gate are in bus/gate/attack_test.go.

// asWritten sends a request whose path no client has made sound before.
func asWritten(t *testing.T, u *Up, method, path, bearer string) (status int, body string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(u.Address(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", method, path, bearer)
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s %q: %v", method, path, err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// filesOf are the files of a directory and of the one above it.
func filesOf(t *testing.T, dir string) (out []string) {
	t.Helper()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		list, err := os.ReadDir(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			out = append(out, filepath.Join(d, f.Name()))
		}
	}
	return out
}

// Names that are paths lead nowhere: nothing is read or written by them, and each is refused.
func TestAttackPaths(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	u := gated(t, dir)
	_, admin := proof(t, dir, token.New{Name: "a", Role: token.Admin, By: "test"})
	_, sensor := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", By: "test"})
	before := filesOf(t, dir)
	for _, way := range []string{"../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/tokens.json", "..%5c..%5cx", "%00", "x%00/../../etc/passwd", "....//....//etc/passwd", "%252e%252e%252fetc"} {
		for _, to := range []struct{ method, prefix string }{
			{"GET", "/"}, {"GET", "/api/v1/"}, {"GET", "/api/v1/queries/"}, {"PUT", "/api/v1/queries/"}, {"GET", "/api/v1/findings/"}, {"GET", "/api/v1/incidents/"},
			{"GET", "/api/v1/rules/"}, {"GET", "/api/v1/exclusions/"}, {"DELETE", "/api/v1/tokens/"}, {"DELETE", "/api/v1/clusters/"},
		} {
			status, body := asWritten(t, u, to.method, to.prefix+way, admin.Token)
			if status < 300 || status >= 500 || strings.Contains(body, "root:") || strings.Contains(body, "hash") {
				t.Errorf("%s %s%s: %d %.200s", to.method, to.prefix, way, status, body)
			}
		}
	}
	for _, node := range []string{"../../etc/x", "a/b", "..", "a\x00b", "a\nb", strings.Repeat("n", 1000)} {
		p := sensor
		p.Node = node
		if _, _, err := (enroll.Hub{URL: u.Address()}).Enroll(t.Context(), p); err == nil && strings.ContainsAny(node, "\x00\n") {
			t.Errorf("a sensor of node %q is let in", node)
		}
	}
	after := filesOf(t, dir)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("files were %q and are %q", before, after)
	}
	until(t, 2*time.Minute, "what was refused is not in the record of uses", func() bool {
		return number(t, u.store, `selfaudit | where status == "Failure" and action in ("get_query", "revoke_token", "forget_cluster") | count`) != "0"
	})
}

// as is the API as somebody with a token has it.
func as(t *testing.T, u *Up, bearer string) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{Server: u.Address(), Token: bearer})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What somebody writes into a query stays what it is: text is compared as text, files and other databases cannot be reached,
// nothing is written, and a limit holds however it is asked around.
func TestAttackQueries(t *testing.T) {
	dir := t.TempDir()
	u := gated(t, dir)
	_, p := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	l := connect(t, u, p, nil)
	nasty := []string{`x' OR 1=1 --`, `x"; DROP TABLE process; --`, `x\' UNION SELECT * FROM read_csv('/etc/passwd') --`, "x'); ATTACH '/tmp/y'; --", "%", "_", `\`, "x*/ OR /*", "${x}", "'||'"}
	var b wire.Builder
	b.Reset("test", 1)
	for i, text := range append([]string{"plain", "other"}, nasty...) {
		var e event.Event
		e.Reset(event.ClassProcess)
		event.MetadataUID.Set(&e, fmt.Sprint("u", i))
		event.Time.Set(&e, time.Now().UnixNano())
		event.ProcessCmdLine.Set(&e, text)
		if err := b.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Send(t.Context(), peer.Events, "epoch", 1, b.AppendTo(nil)); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint(len(nasty) + 2)
	until(t, time.Minute, "not all is stored", func() bool { return number(t, u.store, "process | count") == want })
	_, analyst := proof(t, dir, token.New{Name: "analyst", Role: token.Analyst, By: "test"})
	_, limited := proof(t, dir, token.New{Name: "limited", Role: token.Analyst, Scope: scope.Scope{Clusters: []string{"dev"}, Namespaces: []string{"shop"}}, By: "test"})
	_, viewer := proof(t, dir, token.New{Name: "viewer", Role: token.Viewer, By: "test"})
	ask := as(t, u, analyst.Token)
	for _, text := range nasty {
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
		for kql, params := range map[string]map[string]string{
			"process | where process.cmd_line == " + quoted + " | count":                                                                                nil,
			"declare query_parameters(_x: string);\nprocess | where process.cmd_line == _x | count":                                                     {"_x": text},
			"declare query_parameters(_x: string);\nprocess | where process.cmd_line endswith_cs _x | where process.cmd_line == _x | summarize count()": {"_x": text},
		} {
			rows, _ := answerOf(t, ask, hunt.Request{KQL: kql, Params: params})
			if got := fmt.Sprint(rows); len(rows) != 1 || !strings.Contains(got, ":1]") {
				t.Errorf("%s with %q: %s", kql, params, got)
			}
		}
	}
	for _, kql := range []string{
		`externaldata(x: string) ["file:///etc/passwd"]`, `read_csv("/etc/passwd")`, `database("main").process`, `cluster("x").process`, `process | evaluate python("x")`,
		`.drop table process`, `process; drop table process`, `select * from process`, `process | invoke x()`, `information_schema.tables`, `sqlite_master`, `["process; drop table process"]`,
	} {
		if a, err := ask.Query(t.Context(), hunt.Request{KQL: kql}); err == nil {
			a.Close()
			t.Errorf("%s is answered", kql)
		}
	}
	about := as(t, u, limited.Token)
	for _, kql := range []string{
		"process | count", "union process, file | count", "let process2 = process; process2 | count", "process | where k8s.cluster == 'prod' | count", "union withsource=t * | where t == 'process' | count",
		"process | join kind=inner (process) on metadata.uid | count", "process | where 1 == 1 or k8s.cluster == 'prod' | count", "let k8s.cluster = 'dev'; process | count",
	} {
		a, err := about.Query(t.Context(), hunt.Request{KQL: kql})
		if err != nil {
			continue // refused
		}
		row := make([]value.Value, len(a.Columns()))
		for a.Next(row) {
			if row[0].String() != "0" {
				t.Errorf("%s tells somebody of another cluster of %s", kql, row)
			}
		}
		a.Close()
	}
	if _, err := as(t, u, viewer.Token).Query(t.Context(), hunt.Request{KQL: "process"}); err == nil {
		t.Error("a viewer may put questions")
	}
	if got := number(t, u.store, "process | count"); got != want {
		t.Errorf("%s rows are there, %s were", got, want)
	}
	until(t, 2*time.Minute, "what was refused is not in the record of uses", func() bool {
		return number(t, u.store, `selfaudit | where status == "Failure" and action == "query" | count`) != "0"
	})
}

// A token that is shown again, by somebody else or when it is over, lets nobody in.
func TestAttackReplays(t *testing.T) {
	dir := t.TempDir()
	u := gated(t, dir)
	hub := enroll.Hub{URL: u.Address()}
	bound, p := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	if _, _, err := hub.Enroll(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	refused := func(what string, p enroll.Proof) {
		t.Helper()
		if _, _, err := hub.Enroll(t.Context(), p); !errors.Is(err, enroll.ErrRefused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	other := p
	other.Node = "n2"
	refused("a node's token for another node", other)
	if err := as(t, u, p.Token).Do(t.Context(), "GET", "/api/v1/status", nil, nil, nil); err == nil {
		t.Error("a sensor's token opens the API")
	}
	tokens, err := token.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Revoke(bound.ID); err != nil {
		t.Fatal(err)
	}
	until(t, 2*time.Minute, "a token that was revoked lets in", func() bool {
		_, _, err := hub.Enroll(t.Context(), p)
		return errors.Is(err, enroll.ErrRefused)
	})
	if _, err := u.fleet.Hello(t.Context(), "prod", api.AgentHello{Name: "prod", UID: "11111111-2222-3333-4444-555555555555"}); err != nil {
		t.Fatal(err)
	}
	for what, claims := range map[string]string{
		"a cluster's token for another audience": `{"aud":["https://kubernetes.default.svc"],"exp":9999999999}`,
		"a cluster's token that is over":         `{"aud":["lynceus"],"exp":1}`,
	} {
		text := "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
		refused(what, enroll.Proof{Token: text, Kubernetes: true, Cluster: "prod", Node: "n1"})
	}
	until(t, 2*time.Minute, "refusals are not in the record of uses", func() bool {
		return number(t, u.store, "selfaudit | where action == 'enroll' and status == 'Failure' | summarize told = count() >= 4") == "true"
	})
}
