package audit

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// collector is a Sink that keeps everything.
type collector struct {
	e      event.Event
	events []*event.Event
	uids   []event.UID
}

func (c *collector) Next() *event.Event { return &c.e }

func (c *collector) Add(uid event.UID) {
	c.events = append(c.events, c.e.Clone())
	c.uids = append(c.uids, uid)
}

func decodeAll(tb testing.TB, doc string) (*collector, Outcome) {
	tb.Helper()
	var c collector
	out := newTestDecoder(tb).DecodeAll([]byte(doc), &Arena{}, &c)
	return &c, out
}

// plain is the document that the wrappers of TestWrappers hold.
const plain = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"id-1","stage":"ResponseComplete","requestURI":"/api/v1/pods?a=\"b\"","verb":"list","user":{"username":"alice"},"requestReceivedTimestamp":"2026-01-02T03:04:05Z","stageTimestamp":"2026-01-02T03:04:05Z"}`

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func packed(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestWrappers(t *testing.T) {
	subscription := `{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/eks/prod/cluster","logStream":"kube-apiserver-audit-1","logEvents":[{"id":"3","timestamp":1767323045000,"message":` + quoted(plain) + `}]}`
	for name, test := range map[string]struct{ doc, dialect, cluster string }{
		"plain":             {plain, "kubernetes", ""},
		"event list":        {`{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[` + plain + `]}`, "kubernetes", ""},
		"list of lists":     {`{"value":[{"records":[` + plain + `]}]}`, "kubernetes", ""},
		"docker":            {`{"log":` + quoted(plain+"\n") + `,"stream":"stdout","time":"2026-01-02T03:04:05.1Z"}`, "kubernetes", ""},
		"fluent bit object": {`{"log":` + plain + `}`, "kubernetes", ""},
		"filebeat":          {`{"@timestamp":"2026-01-02T03:04:05.1Z","message":` + quoted(plain) + `,"host":{"name":"x"}}`, "kubernetes", ""},
		"subscription":      {subscription, "eks", "prod"},
		"lambda":            {`{"awslogs":{"data":"` + packed(subscription) + `"}}`, "eks", "prod"},
		"kinesis":           {`{"Records":[{"kinesis":{"data":"` + packed(subscription) + `"}}]}`, "eks", "prod"},
		"log event":         {`{"id":"3","timestamp":1767323045000,"message":` + quoted(plain) + `}`, "eks", ""},
		"filter-log-events": {`{"events":[{"logStreamName":"kube-apiserver-audit-1","timestamp":1767323045000,"message":` + quoted(plain) + `,"eventId":"1"}]}`, "eks", ""},
		"insights":          {`{"@timestamp":"2026-01-02 03:04:05.000","@message":` + quoted(plain) + `}`, "eks", ""},
		"insights object":   {`{"@timestamp":"2026-01-02 03:04:05.000","@message":` + plain + `}`, "eks", ""},
		"timed message":     {`{"@message":` + quoted("2026-01-02T03:04:05.000Z "+plain) + `}`, "eks", ""},
		"aks string":        {`{"category":"kube-audit","resourceId":"/SUBSCRIPTIONS/S/MANAGEDCLUSTERS/C","properties":{"log":` + quoted(plain+"\n") + `,"stream":"stdout"}}`, "aks", "/subscriptions/s/managedclusters/c"},
		"aks object":        {`{"category":"kube-audit-admin","properties":{"log":` + plain + `}}`, "aks", ""},
		"aks properties":    {`{"category":"kube-audit","properties":` + quoted(`{"log":`+quoted(plain)+`}`) + `}`, "aks", ""},
		"aks records":       {`{"records":[{"category":"kube-audit","properties":{"log":` + quoted(plain) + `}}]}`, "aks", ""},
		"log analytics":     {`{"Category":"kube-audit","log_s":` + quoted(plain) + `}`, "aks", ""},
		"splunk":            {`{"_raw":` + quoted(plain) + `}`, "kubernetes", ""},
	} {
		c, out := decodeAll(t, test.doc)
		if len(c.events) != 1 || out.Ignored+out.Broken > 0 {
			t.Errorf("%s: %d events, %+v", name, len(c.events), out)
			continue
		}
		e := c.events[0]
		if string(e.Raw) != plain {
			t.Errorf("%s: raw is %s", name, e.Raw)
		}
		if got := event.AuditDialect.Get(e); got != test.dialect {
			t.Errorf("%s: dialect %s, want %s", name, got, test.dialect)
		}
		if got := event.K8sCluster.Get(e); got != test.cluster {
			t.Errorf("%s: cluster %q, want %q", name, got, test.cluster)
		}
	}
}

func TestWrappersWithSomethingElse(t *testing.T) {
	for _, test := range []struct {
		doc             string
		events          int
		ignored, broken int
	}{
		{`{"Anything":"any value"}`, 0, 1, 0},
		{`{"logEvents":[{"message":"I0101 plain text"},{"message":` + quoted(plain) + `}]}`, 1, 1, 0},
		{`{"message":"{\"auditID\":"}`, 0, 0, 1},
		{`{"message":"{}"}`, 0, 1, 0},
		{`{"items":[]}`, 0, 0, 0},
		{`{"items":[1,"x",null]}`, 0, 0, 0},
		{`{"awslogs":{"data":"!"}}`, 0, 0, 1},
		{`{"awslogs":{"data":"H4sIAAAA"}}`, 0, 0, 1},
		{plain + plain, 2, 0, 0},
		{plain + " {", 1, 0, 1},
		{plain + " {} " + plain, 2, 1, 0},
		{strings.Repeat(`{"message":`, 3) + `1` + strings.Repeat(`}`, 3), 0, 1, 0},
		{nest(plain, 4), 1, 0, 0},
		{nest(plain, 12), 0, 1, 0},
		{`{"protoPayload":{"serviceName":"compute.googleapis.com","methodName":"v1.compute.instances.list"}}`, 0, 1, 0},
		{`{"protoPayload":{"serviceName":"k8s.io"}}`, 0, 1, 0},
		{`{"protoPayload":1}`, 0, 1, 0},
	} {
		c, out := decodeAll(t, test.doc)
		if len(c.events) != test.events || out.Ignored != test.ignored || out.Broken != test.broken {
			t.Errorf("%.80s: %d events, %+v, want %d, %d, %d", test.doc, len(c.events), out, test.events, test.ignored, test.broken)
		}
		if (out.Fault != nil) != (test.broken > 0) {
			t.Errorf("%.80s: fault %v", test.doc, out.Fault)
		}
	}
}

// nest puts a document into that many messages.
func nest(doc string, n int) string {
	for range n {
		doc = `{"message":` + quoted(doc) + `}`
	}
	return doc
}

func TestGKE(t *testing.T) {
	entry := `{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","serviceName":"k8s.io","methodName":"%s","resourceName":"%s",` +
		`"authenticationInfo":{"principalEmail":"a@example.com"},"authorizationInfo":[{"resource":"%[2]s","permission":"%[1]s"%[3]s}],"requestMetadata":{"callerIp":"203.0.113.9","callerSuppliedUserAgent":"kubectl"}%[4]s},` +
		`"insertId":"i","resource":{"type":"k8s_cluster","labels":{"project_id":"p","location":"l","cluster_name":"c"}},"timestamp":"2026-01-02T03:04:05.6Z","operation":{"id":"op-1","first":true,"last":true}}`
	for _, test := range []struct {
		method, resource, granted, more string
		want                            map[string]string
	}{
		{"io.k8s.core.v1.pods.create", "core/v1/namespaces/n/pods/p", `,"granted":true`, `,"request":{"spec":{"hostPID":true}},"response":{"metadata":{"uid":"u"}}`, map[string]string{
			"api.operation": "create", "resource.type": "pods", "resource.name": "p", "k8s.namespace": "n", "k8s.pod": "p", "http_request.url.path": "/api/v1/namespaces/n/pods",
			"api.response.code": "201", "status": "Success", "audit.decision": "allow", "api.request.uid": "op-1", "actor.user.name": "a@example.com", "src_endpoint.ip": "203.0.113.9",
			"audit.level": "RequestResponse", "k8s.cluster": "projects/p/locations/l/clusters/c", "time": "1767323045600000000", "audit.dialect": "gke", "audit.stage": "ResponseComplete",
		}},
		{"io.k8s.core.v1.pods.create", "core/v1/namespaces/n/pods/p", `,"granted":false`, `,"status":{}`, map[string]string{
			"api.response.code": "403", "status": "Failure", "audit.decision": "forbid",
		}},
		{"io.k8s.core.v1.pods.exec.create", "core/v1/namespaces/n/pods/p/exec", `,"granted":true`, `,"request":{"command":["sh","-c","id"],"container":"c","stdin":true}`, map[string]string{
			"resource.subresource": "exec", "audit.exec.command_line": "sh -c id", "audit.exec.container": "c", "audit.exec.interactive": "1", "resource.name": "p",
		}},
		{"io.k8s.authorization.rbac.v1.clusterrolebindings.create", "rbac.authorization.k8s.io/v1/clusterrolebindings/x", `,"granted":true`, ``, map[string]string{
			"resource.group": "rbac.authorization.k8s.io", "resource.type": "clusterrolebindings", "http_request.url.path": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "resource.name": "x",
		}},
		{"io.k8s.core.v1.secrets.get", "core/v1/namespaces/n/secrets/s", ``, `,"status":{"code":7,"message":"no"}`, map[string]string{
			"api.response.code": "403", "status": "Failure", "audit.decision": "forbid", "api.response.message": "no", "api.response.error": "Forbidden", "audit.level": "Metadata",
		}},
		{"io.k8s.core.v1.secrets.get", "core/v1/namespaces/n/secrets/s", ``, ``, map[string]string{"api.response.code": "403"}},
		{"io.k8s.core.v1.pods.get", "core/v1/namespaces/n/pods/p", `,"granted":true`, `,"status":{"code":5},"response":{"code":404,"reason":"NotFound","message":"pods \"p\" not found"}`, map[string]string{
			"api.response.code": "404", "api.response.message": `pods "p" not found`, "api.response.error": "NotFound",
		}},
		{"io.k8s.core.v1.namespaces.delete", "core/v1/namespaces/n", `,"granted":true`, ``, map[string]string{
			"resource.type": "namespaces", "resource.name": "n", "k8s.namespace": "n", "http_request.url.path": "/api/v1/namespaces/n", "api.response.code": "200",
		}},
		{"io.k8s.core.v1.namespaces.finalize.update", "core/v1/namespaces/n/finalize", `,"granted":true`, ``, map[string]string{"resource.type": "namespaces", "resource.subresource": "finalize"}},
		{"io.k8s.batch.v1.cronjobs.list", "batch/v1/cronjobs", `,"granted":true`, ``, map[string]string{"resource.group": "batch", "resource.name": "", "k8s.namespace": "", "http_request.url.path": "/apis/batch/v1/cronjobs"}},
		{"io.cert-manager.v1.certificates.update", "cert-manager.io/v1/namespaces/n/certificates/c", `,"granted":true`, ``, map[string]string{"resource.group": "cert-manager.io", "api.operation": "update"}},
		{"io.k8s.get", "healthz", `,"granted":true`, ``, map[string]string{"api.operation": "get", "http_request.url.path": "/healthz", "resource.type": ""}},
		{"io.k8s.core.v1.nodes.proxy.get", "core/v1/nodes/n1/proxy/metrics", `,"granted":true`, ``, map[string]string{"resource.type": "nodes", "resource.name": "n1", "resource.subresource": "proxy/metrics"}},
	} {
		c, out := decodeAll(t, fmt.Sprintf(entry, test.method, test.resource, test.granted, test.more))
		if len(c.events) != 1 {
			t.Errorf("%s: %d events, %+v", test.method, len(c.events), out)
			continue
		}
		got := show(c.events[0])
		for name, v := range test.want {
			if got[name] != v {
				t.Errorf("%s %s: %s is %q, want %q", test.method, test.resource, name, got[name], v)
			}
		}
		if !json.Valid(c.events[0].Raw) || !strings.Contains(string(c.events[0].Raw), `"wrapper":{"protoPayload":{"@type"`) {
			t.Errorf("%s: raw is %s", test.method, c.events[0].Raw)
		}
	}
}

// TestPublishedWrappers: every event of the published tests becomes the one it
// means.
func TestPublishedWrappers(t *testing.T) {
	f, err := os.Open(filepath.Join(require.Corpora(t), "panther-k8s", "tests.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct {
			ID, Platform string
			Log          json.RawMessage
			AuditEvent   json.RawMessage `json:"audit_event"`
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		c, out := decodeAll(t, string(row.Log))
		audit := row.Platform != "other" && !strings.Contains(string(row.Log), "compute.googleapis.com")
		if audit != (len(c.events) == 1) {
			t.Errorf("%s (%s): %d events, %+v", row.ID, row.Platform, len(c.events), out)
			continue
		}
		if !audit || string(row.AuditEvent) == "null" {
			continue
		}
		want, _ := decodeAll(t, string(row.AuditEvent))
		a, b := show(c.events[0]), show(want.events[0])
		if row.Platform != "eks" {
			a["audit.dialect"], a["k8s.cluster"] = b["audit.dialect"], b["k8s.cluster"]
		}
		delete(a, "time") // some rows say it outside of the event only
		delete(b, "time")
		if !reflect.DeepEqual(dropEmpty(a), dropEmpty(b)) {
			t.Errorf("%s: %v, want %v", row.ID, a, b)
		}
	}
}

func dropEmpty(m map[string]string) map[string]string {
	for k, v := range m {
		if v == "" {
			delete(m, k)
		}
	}
	return m
}
