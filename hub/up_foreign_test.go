//go:build cgo

package hub

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/collect/webhook"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/inventory"
)

// otherToken is that of a client of another cluster.
const otherToken = "another token of tests"

// posted posts a body to a server's intake and fails unless it is taken.
func posted(t *testing.T, u *Up, path, body string) {
	t.Helper()
	postedAs(t, u, testToken, path, body)
}

// postedAs is posted, as the client with a token.
func postedAs(t *testing.T, u *Up, token, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+u.WebhookAddress()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", path, res.StatusCode, text)
	}
}

// What Falco posts can be asked for within five seconds, is in the incident of the request that led to it, and counts once
// however often it is posted, also after a restart. Log, span, flow and request of one trace are found by its id.
func TestUpForeign(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339Nano) }
	exec := fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-exec","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods/web-1/exec?command=sh&stdin=true&tty=true&container=web","verb":"create","user":{"username":"mira","groups":["system:authenticated"]},"sourceIPs":["10.0.0.9"],"objectRef":{"resource":"pods","namespace":"shop","name":"web-1","apiVersion":"v1","subresource":"exec"},"responseStatus":{"code":101},"requestReceivedTimestamp":%q,"stageTimestamp":%q}`, at(0), at(900*time.Millisecond))
	alert := fmt.Sprintf(`{"hostname":"node-1","output":"A shell","output_fields":{"container.id":"7f0c4a2e9b11","container.name":"web","evt.type":"execve","k8s.ns.name":"shop","k8s.pod.name":"web-1","proc.cmdline":"sh","proc.exepath":"/bin/sh","proc.name":"sh","proc.pname":"runc","proc.tty":34816,"user.name":"root"},"priority":"Warning","rule":"Terminal shell in container","source":"syscall","time":%q}`, at(200*time.Millisecond))
	o := UpOptions{Dir: t.TempDir(), Webhook: webhookForTests(), Cluster: "prod", Log: logs(t)}
	o.Webhook.Clients = append(o.Webhook.Clients, webhook.Client{Name: "elsewhere", Cluster: "elsewhere", TokenHash: webhook.HashToken(otherToken)})
	u := startUp(t, o)
	posted(t, u, "/audit", exec)
	begun := time.Now()
	for range 3 {
		posted(t, u, "/falco", alert)
	}
	until(t, 2*time.Minute, "the alert can be asked for", func() bool {
		return number(t, u.store, `alert | where alert.rule == "Terminal shell in container" and k8s.pod == "web-1" | count`) == "1"
	})
	t.Logf("the alert could be asked for after %v", time.Since(begun).Round(time.Millisecond))
	until(t, time.Minute, "one incident has alert and request", func() bool {
		return number(t, u.store, `finding | where finding_info.title in ("Command run in a container", "Alert of another security tool") and isnotempty(incident.uid) | summarize rules = dcount(finding_info.title), stories = dcount(incident.uid) | project strcat(rules, " ", stories)`) == "2 1"
	})

	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	ns := now.UnixNano()
	posted(t, u, "/v1/logs", fmt.Sprintf(`{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"%d","body":{"stringValue":"sold"},"traceId":%q,"spanId":"00f067aa0ba902b7"}]}]}]}`, ns, trace))
	posted(t, u, "/v1/traces", fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"Create","traceId":%q,"spanId":"00f067aa0ba902b8","startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[{"key":"audit-id","value":{"stringValue":"a-exec"}}]}]}]}]}`, trace, ns, ns+1e6))
	posted(t, u, "/", fmt.Sprintf(`{"flow":{"time":%q,"verdict":"FORWARDED","IP":{"source":"10.244.0.7","destination":"10.244.0.8"},"l4":{"TCP":{"source_port":40000,"destination_port":80}},"trace_context":{"parent":{"trace_id":%q}},"Type":"L7","l7":{"type":"REQUEST","http":{"method":"GET","url":"/"}}},"time":%q}`, at(0), trace, at(0)))
	until(t, time.Minute, "the parts of a trace can be asked for", func() bool {
		return number(t, u.store, fmt.Sprintf(`union log, span, network | where trace.uid == %q | count`, trace)) == "3"
	})
	// Another cluster's request under the same audit ID, which its sender chose, is of no trace here.
	posted(t, u, "/", fmt.Sprintf(`{"flow":{"time":%q,"verdict":"FORWARDED","IP":{"source":"10.244.0.7","destination":"10.244.0.8"},"trace_context":{"parent":{"trace_id":"00000000000000000000000000000000"}}},"time":%q}`, at(0), at(0)))
	postedAs(t, u, otherToken, "/audit", strings.NewReplacer(`"mira"`, `"eve"`).Replace(exec))
	until(t, time.Minute, "the other cluster's request is stored", func() bool {
		return number(t, u.store, `audit | where actor.user.name == "eve" and k8s.cluster == "elsewhere" | count`) == "1"
	})
	whole, requests := documented(t, "../docs/sources.md")
	if rows, _ := answerOf(t, u.store, hunt.Request{KQL: whole}); len(rows) != 3 {
		t.Errorf("%d rows of the trace, as documented", len(rows))
	}
	if rows, _ := answerOf(t, u.store, hunt.Request{KQL: requests}); len(rows) != 1 || rows[0]["who"] != "mira" {
		t.Errorf("the requests of the trace are %v", rows)
	}

	stopUp(t, u)
	u = startUp(t, o)
	posted(t, u, "/falco", alert)
	posted(t, u, "/falco", strings.Replace(alert, "Terminal shell", "Another shell", 1))
	until(t, time.Minute, "the second alert is stored", func() bool { return number(t, u.store, `alert | count`) == "2" })
	if got := number(t, u.store, `process | where metadata.log_provider == "falco" | count`); got != "2" {
		t.Errorf("%s rows of processes", got)
	}
}

// documented returns the two queries about traces that a page has.
func documented(t *testing.T, page string) (first, second string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "```")
	var queries []string
	for _, p := range parts {
		if q, ok := strings.CutPrefix(p, "kql\n"); ok && strings.Contains(q, "trace.uid") {
			queries = append(queries, q)
		}
	}
	if len(queries) != 2 {
		t.Fatalf("%s has %d queries of traces", page, len(queries))
	}
	return queries[0], queries[1]
}

// An Event that an agent reports is a row of its table, not of the inventory, and comes once.
func TestUpKubernetesEvents(t *testing.T) {
	t.Parallel()
	u := startUp(t, UpOptions{Dir: t.TempDir(), Log: logs(t)})
	if _, err := u.fleet.Hello(t.Context(), "", api.AgentHello{Name: "prod", UID: "c-1"}); err != nil {
		t.Fatal(err)
	}
	report := func(change inventory.Change) {
		t.Helper()
		doc := `{"metadata":{"creationTimestamp":"2026-01-01T10:00:00Z"},"reason":"Killing","type":"Normal","message":"Stopping container web","involvedObject":{"kind":"Pod","namespace":"shop","name":"web-1"}}`
		var b wire.Builder
		b.Reset("agent", time.Now().UnixNano())
		var e event.Event
		inventory.Fill(&e, &inventory.Object{Time: time.Date(2026, 1, 1, 10, 1, 0, 0, time.UTC).UnixNano(), Change: change, Version: "v1", Resource: "events", Kind: "Event", Namespace: "shop", Name: "web-1.1", UID: "e-1", ResourceVersion: "1", Document: []byte(doc)}, inventory.Group{})
		if err := b.Add(&e); err != nil {
			t.Fatal(err)
		}
		if _, err := u.fleet.Take(t.Context(), "", "c-1", b.AppendTo(nil)); err != nil {
			t.Fatal(err)
		}
	}
	report(inventory.Added)
	report(inventory.Present)
	report(inventory.Deleted)
	report(inventory.Deleted)
	until(t, time.Minute, "the Event is stored", func() bool { return number(t, u.store, `k8s_event | count`) == "2" })
	if got := number(t, u.store, `k8s_event | where k8s.pod == "web-1" and k8s_event.reason == "Killing" | order by time asc | summarize strcat_array(make_list(k8s_event.change), " ")`); got != "reported deleted" {
		t.Errorf("changes %q", got)
	}
	if n := number(t, u.store, `inventory | count`); n != "0" {
		t.Errorf("%s rows of the inventory", n)
	}
}
