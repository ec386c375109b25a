package audit

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
	"github.com/lynceus-io/lynceus/internal/require"
)

// realEvents returns the documents of a recorded cluster.
func realEvents(tb testing.TB) [][]byte {
	tb.Helper()
	f, err := os.Open(filepath.Join(require.Data(tb), "audit-real-k8s-1.36.jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var docs [][]byte
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		docs = append(docs, slices.Clone(s.Bytes()))
	}
	if s.Err() != nil {
		tb.Fatal(s.Err())
	}
	return docs
}

func newTestDecoder(tb testing.TB) *Decoder {
	tb.Helper()
	d, err := NewDecoder(DecoderOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// show writes the fields of an event that are not JSON, as name=value.
func show(e *event.Event) map[string]string {
	out := map[string]string{}
	for _, f := range event.Fields() {
		if f.Type == event.TypeJSON || f.ID == event.MetadataUID.ID() {
			continue
		}
		if v, ok := e.Text(f.ID); ok {
			out[f.Name] = v
		}
		if v, ok := e.List(f.ID); ok {
			out[f.Name] = fmt.Sprintf("%q", v)
		}
		if v, ok := e.Number(f.ID); ok {
			out[f.Name] = fmt.Sprint(v)
		}
	}
	return out
}

func TestDecodeFields(t *testing.T) {
	doc := `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"id-1","stage":"ResponseComplete",` +
		`"requestURI":"/api/v1/namespaces/shop/pods/web-1/exec?command=sh\u0026command=-c\u0026command=echo+a%26b\u0026container=main\u0026stdin=true\u0026tty=1","verb":"get",` +
		`"user":{"username":"system:serviceaccount:ci:deployer","uid":"u-1","groups":["system:serviceaccounts","system:authenticated"],"extra":{` +
		`"authentication.kubernetes.io/pod-name":["runner-7"],"authentication.kubernetes.io/pod-uid":["p-7"],"authentication.kubernetes.io/node-name":["node-3"],"authentication.kubernetes.io/credential-id":["JTI=j-1"]}},` +
		`"impersonatedUser":{"username":"alice","uid":"a-1","groups":["dev"]},` +
		`"sourceIPs":["10.0.0.1","::ffff:203.0.113.7"],"userAgent":"kubectl/v1.30","objectRef":{"resource":"pods","namespace":"shop","name":"web-1","uid":"o-1","apiVersion":"v1","subresource":"exec"},` +
		`"responseStatus":{"metadata":{},"code":101,"message":"m","reason":"r"},"requestObject":{"a":1},"responseObject":{"b":2},` +
		`"requestReceivedTimestamp":"2026-01-02T03:04:05.000006Z","stageTimestamp":"2026-01-02T03:04:06Z",` +
		`"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: \"x\""}}`
	want := map[string]string{
		"time": "1767323046000000000", "audit.request_time": "1767323045000006000",
		"k8s.namespace": "shop", "k8s.pod": "web-1", "k8s.pod_uid": "o-1",
		"actor.user.name": "alice", "actor.user.uid": "a-1", "actor.user.groups": `["dev"]`,
		"audit.user.name": "system:serviceaccount:ci:deployer", "audit.user.uid": "u-1", "audit.user.groups": `["system:serviceaccounts" "system:authenticated"]`,
		"audit.impersonated_user.name": "alice", "audit.impersonated_user.groups": `["dev"]`,
		"src_endpoint.ip": "203.0.113.7", "audit.source_ips": `["10.0.0.1" "::ffff:203.0.113.7"]`,
		"status": "Success", "api.operation": "get", "api.request.uid": "id-1", "api.response.code": "101", "api.response.message": "m", "api.response.error": "r",
		"http_request.url.path":   "/api/v1/namespaces/shop/pods/web-1/exec?command=sh&command=-c&command=echo+a%26b&container=main&stdin=true&tty=1",
		"http_request.user_agent": "kubectl/v1.30",
		"resource.version":        "v1", "resource.type": "pods", "resource.subresource": "exec", "resource.name": "web-1", "resource.uid": "o-1",
		"audit.stage": "ResponseComplete", "audit.level": "Request", "audit.decision": "allow", "audit.decision_reason": `RBAC: "x"`,
		"audit.token_pod.name": "runner-7", "audit.token_pod.uid": "p-7", "audit.token_node.name": "node-3", "audit.credential_id": "JTI=j-1",
		"audit.exec.command": `["sh" "-c" "echo a&b"]`, "audit.exec.command_line": "sh -c echo a&b", "audit.exec.container": "main", "audit.exec.interactive": "1",
		"audit.dialect": "kubernetes",
	}
	d := newTestDecoder(t)
	var a Arena
	var e event.Event
	uid, err := d.Decode([]byte(doc), &a, &e)
	if err != nil {
		t.Fatal(err)
	}
	got := show(&e)
	for name, v := range want {
		if got[name] != v {
			t.Errorf("%s is %q, want %q", name, got[name], v)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("also %q", got)
	}
	if string(e.Raw) != doc || event.RawData.Get(&e) != doc {
		t.Errorf("raw document %s", e.Raw)
	}
	for f, v := range map[event.StringField]string{event.AuditRequestObject: `{"a":1}`, event.AuditResponseObject: `{"b":2}`} {
		if f.Get(&e) != v {
			t.Errorf("%s is %s, want %s", event.Lookup(f.ID()).Name, f.Get(&e), v)
		}
	}
	if event.MetadataUID.Get(&e) != uid.String() {
		t.Errorf("metadata.uid is %s, want %s", event.MetadataUID.Get(&e), uid)
	}
}

// TestDecodeOddities gives documents and one field that must come out of them.
func TestDecodeOddities(t *testing.T) {
	for _, test := range []struct{ doc, field, want string }{
		// Who.
		{`{"verb":"get"}`, "actor.user.name", ""},
		{`{"user":{"username":""}}`, "actor.user.name", "(empty)"},
		{`{"user":{"username":"system:serviceaccount:a:b"}}`, "k8s.service_account", "a/b"},
		{`{"user":{"username":"system:serviceaccount:a:b:c"}}`, "k8s.service_account", ""},
		{`{"user":{"username":"system:serviceaccount:a"}}`, "k8s.service_account", ""},
		{`{"user":{"username":"a"},"impersonatedUser":{"username":"system:serviceaccount:x:y"}}`, "k8s.service_account", "x/y"},
		{`{"user":{"username":"a","groups":["g"]},"impersonatedUser":{"username":"b"}}`, "actor.user.groups", ""},
		{`{"user":{"username":"a","groups":[]}}`, "actor.user.groups", "[]"},
		{`{"user":{"username":"a","groups":"g"}}`, "actor.user.groups", `["g"]`},
		{`{"user":{"username":"a","groups":["g",1,null,"h"]}}`, "actor.user.groups", `["g" "h"]`},
		{`{"user":{"username":"b"},"user":{"username":"a"}}`, "actor.user.name", "a"},
		{`{"\u0075ser":{"username":"\u0061"}}`, "actor.user.name", "a"},
		// Of what.
		{`{"objectRef":{"resource":"secrets","namespace":""}}`, "k8s.namespace", ""},
		{`{"objectRef":{"resource":"secrets","name":""}}`, "resource.name", ""},
		{`{"objectRef":{"resource":"pods","subresource":""}}`, "resource.subresource", ""},
		// From where.
		{`{"sourceIPs":["10.0.0.1","nonsense"]}`, "src_endpoint.ip", ""},
		{`{"sourceIPs":["10.0.0.1","nonsense"]}`, "audit.source_ips", `["10.0.0.1" "nonsense"]`},
		{`{"sourceIPs":["2001:DB8:0::1"]}`, "src_endpoint.ip", "2001:db8::1"},
		{`{"sourceIPs":["fe80::1%eth0"]}`, "src_endpoint.ip", "fe80::1"},
		{`{"sourceIPs":["010.0.0.1"]}`, "src_endpoint.ip", ""},
		{`{"sourceIPs":[]}`, "src_endpoint.ip", ""},
		{`{"sourceIPs":"192.0.2.1"}`, "src_endpoint.ip", "192.0.2.1"},
		// What.
		{`{"verb":5}`, "api.operation", ""},
		{`{"verb":["get"]}`, "api.operation", ""},
		{`{"verb":null}`, "api.operation", ""},
		{`{"verb":"get","verb":"delete"}`, "api.operation", "delete"},
		{`{"verb":"create","objectRef":{"resource":"pods"},"requestObject":{"metadata":{"generateName":"x-"}},"responseObject":{"metadata":{"name":"x-1","uid":"u"}}}`, "k8s.pod", "x-1"},
		{`{"verb":"create","objectRef":{"resource":"pods"},"requestObject":{"metadata":{"name":"y"}}}`, "resource.name", "y"},
		{`{"verb":"create","objectRef":{"resource":"pods","name":"z"},"requestObject":{"metadata":{"name":"y"}}}`, "resource.name", "z"},
		{`{"verb":"create","objectRef":{"resource":"pods","subresource":"exec"},"requestObject":{"metadata":{"name":"y"}}}`, "resource.name", ""},
		{`{"verb":"list","objectRef":{"resource":"pods"},"responseObject":{"metadata":{"name":"y"}}}`, "resource.name", ""},
		{`{"verb":"get","objectRef":{"resource":"pods","apiGroup":"metrics.k8s.io","name":"y"}}`, "k8s.pod", ""},
		{`{"requestURI":"/x?dryRun=All","verb":"create"}`, "audit.dry_run", "1"},
		{`{"requestURI":"/x?a=b","verb":"create"}`, "audit.dry_run", ""},
		{`{"verb":"delete","requestObject":{"kind":"DeleteOptions","dryRun":["All"]}}`, "audit.dry_run", "1"},
		{`{"verb":"create","requestObject":{"dryRun":["All"]}}`, "audit.dry_run", ""},
		{`{"objectRef":{"resource":"pods","subresource":"exec"},"requestURI":"/e?command=a%ZZ&command=b&command=c;d"}`, "audit.exec.command", `["b"]`},
		{`{"objectRef":{"resource":"pods","subresource":"exec"},"requestURI":"/e?%63ommand=a&stdin=false&tty=0"}`, "audit.exec.command", `["a"]`},
		{`{"objectRef":{"resource":"pods","subresource":"exec"},"requestURI":"/e?command=a&stdin=false&tty=0"}`, "audit.exec.interactive", "0"},
		{`{"objectRef":{"resource":"pods","subresource":"attach"},"requestURI":"/e?stdin="}`, "audit.exec.interactive", "1"},
		{`{"objectRef":{"resource":"pods","subresource":"attach"},"requestURI":"/e?stdin=false&stdin=true"}`, "audit.exec.interactive", "0"},
		{`{"objectRef":{"resource":"pods","subresource":"log"},"requestURI":"/e?container=c%31"}`, "audit.exec.container", "c1"},
		{`{"objectRef":{"resource":"nodes","subresource":"exec"},"requestURI":"/e?command=a"}`, "audit.exec.command", ""},
		// How it went.
		{`{"responseStatus":{"code":399}}`, "status", "Success"},
		{`{"responseStatus":{"code":400}}`, "status", "Failure"},
		{`{"responseStatus":{"code":"400"}}`, "status", "Unknown"},
		{`{"responseStatus":{"code":99999999999999999999}}`, "api.response.code", ""},
		{`{"responseStatus":{"code":2e2}}`, "api.response.code", ""},
		{`{"responseStatus":{"status":"Failure"}}`, "status", "Failure"},
		{`{"verb":"get"}`, "status", "Unknown"},
		// When.
		{`{"requestReceivedTimestamp":"2022-11-29 00:09:04.38"}`, "time", "1669680544380000000"},
		{`{"requestReceivedTimestamp":"2022-11-29T00:09:04Z","stageTimestamp":"yesterday"}`, "time", "1669680544000000000"},
		{`{"timestamp":"2022-11-29T01:09:04+01:00"}`, "time", "1669680544000000000"},
		{`{"p_event_time":"2022-11-29 00:09:04"}`, "time", "1669680544000000000"},
		{`{"verb":"get"}`, "time", ""},
		// Whose.
		{`{"user":{"extra":{"arn":["arn:aws:iam::1:user/a"]}}}`, "audit.dialect", "eks"},
		{`{"objectRef":{"apiGroup":"route.openshift.io"}}`, "audit.dialect", "openshift"},
		// Claims.
		{`{"user":{"extra":{"authentication.kubernetes.io/pod-name":["a","b"]}}}`, "audit.token_pod.name", "a"},
		{`{"user":{"extra":{"authentication.kubernetes.io/pod-name":[]}}}`, "audit.token_pod.name", ""},
		{`{"user":{"extra":{"authentication.kubernetes.io/pod-name":"a"}}}`, "audit.token_pod.name", "a"},
	} {
		d := newTestDecoder(t)
		var a Arena
		var e event.Event
		doc := `{"apiVersion":"audit.k8s.io/v1",` + test.doc[1:]
		if _, err := d.Decode([]byte(doc), &a, &e); err != nil {
			t.Errorf("%s: %v", test.doc, err)
			continue
		}
		got, ok := show(&e)[test.field]
		if ok && got == "" {
			got = "(empty)"
		}
		if got != test.want {
			t.Errorf("%s: %s is %q, want %q", test.doc, test.field, got, test.want)
		}
	}
}

func TestDecodeCounts(t *testing.T) {
	d := newTestDecoder(t)
	var a Arena
	var e event.Event
	for _, doc := range []string{`{"auditID":"a","verb":5,"level":true}`, `{"auditID":"a","auditID":"b"}`, "{\"auditID\":\"\xff\"}", `{"auditID":"x","a":"password=secret"}`} {
		if _, err := d.Decode([]byte(doc), &a, &e); err != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
	if want := (Counts{WrongTypes: 2, Duplicates: 1, BadText: 1, Redacted: 1}); d.Counts() != want {
		t.Errorf("counted %+v, want %+v", d.Counts(), want)
	}
}

func TestDecodeErrors(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000)
	for _, test := range []struct {
		doc   string
		audit bool
	}{
		{`{}`, false}, {`[]`, false}, {`1`, false}, {`null`, false}, {`"x"`, false},
		{`{"kind":"Event","apiVersion":"v1","involvedObject":{}}`, false},
		{`{"kind":"Event","apiVersion":"events.k8s.io/v1"}`, false},
		{`{"kind":"Policy","apiVersion":"audit.k8s.io/v1"}`, false},
		{`{"verb":"get"}`, false},
		{`{"verb":"get","user":{"username":"a"}}`, true},
		{`{"verb":"get","requestURI":"/"}`, true},
		{`{"auditID":"a"}`, true},
		{`{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1"}`, true},
	} {
		d := newTestDecoder(t)
		var e event.Event
		_, err := d.Decode([]byte(test.doc), &Arena{}, &e)
		if test.audit != (err == nil) || !test.audit && !errors.Is(err, ErrNotAudit) {
			t.Errorf("%s: %v", test.doc, err)
		}
	}
	for _, doc := range []string{"", "{", `{"auditID":"a"`, `{"auditID":"a}`, "{\"auditID\":\"a\x00\"}", `{"auditID":"a","a":` + deep + `}`, `{"auditID":"a"}x`} {
		d := newTestDecoder(t)
		var e event.Event
		_, err := d.Decode([]byte(doc), &Arena{}, &e)
		var syntax *rawjson.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.40s: %v", doc, err)
		}
		if e.Raw != nil {
			t.Errorf("%.40s: something is kept", doc)
		}
	}
}

// TestIdentity: the same request has the same identity on every way, another
// one has another.
func TestIdentity(t *testing.T) {
	base := `{"auditID":"a","requestReceivedTimestamp":"2026-01-02T03:04:05.1Z","user":{"username":"u"},"verb":"get","requestURI":"/x?token=one"}`
	uid := func(doc string) event.UID {
		d := newTestDecoder(t)
		var e event.Event
		id, err := d.Decode([]byte(doc), &Arena{}, &e)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	for _, same := range []string{
		strings.Replace(base, "05.1Z", "05.100Z", 1),
		strings.Replace(base, "2026-01-02T03:04:05.1Z", "2026-01-02 03:04:05.1", 1),
		strings.Replace(base, `"verb"`, `"stage":"ResponseComplete","impersonatedUser":{"username":"v"},"verb"`, 1),
	} {
		if uid(same) != uid(base) {
			t.Errorf("%s is another request", same)
		}
	}
	for _, other := range []string{
		strings.Replace(base, `"a"`, `"b"`, 1), strings.Replace(base, "05.1Z", "05.2Z", 1), strings.Replace(base, `"u"`, `"v"`, 1),
		strings.Replace(base, `"get"`, `"list"`, 1), strings.Replace(base, `/x`, `/y`, 1),
	} {
		if uid(other) == uid(base) {
			t.Errorf("%s is the same request", other)
		}
	}
	if uid(`{"auditID":"","verb":"get","requestURI":"/x","a":1}`) == uid(`{"auditID":"","verb":"get","requestURI":"/x","a":2}`) {
		t.Error("documents without identity are taken for one")
	}
}

// TestDecodeDoesNotAllocate: only what is suspected to hold a secret does.
func TestDecodeDoesNotAllocate(t *testing.T) {
	docs := realEvents(t)
	d := newTestDecoder(t)
	var a Arena
	var e event.Event
	all := func() {
		for _, doc := range docs {
			a.Reset()
			if _, err := d.Decode(doc, &a, &e); err != nil {
				t.Fatal(err)
			}
		}
	}
	all()
	all()
	if n := testing.AllocsPerRun(3, all); n > float64(len(docs))/10 {
		t.Errorf("%v allocations in %d events", n, len(docs))
	}
}

func BenchmarkDecode(b *testing.B) {
	docs := realEvents(b)
	size := 0
	for _, doc := range docs {
		size += len(doc)
	}
	d := newTestDecoder(b)
	var a Arena
	var e event.Event
	b.SetBytes(int64(size / len(docs)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%batchDocs == 0 {
			a.Reset()
		}
		if _, err := d.Decode(docs[i%len(docs)], &a, &e); err != nil {
			b.Fatal(err)
		}
	}
}
