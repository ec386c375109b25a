package audit

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// canary is planted wherever a secret may stand. canary64 is what of its
// base64 does not depend on where in a value it begins.
const (
	canary   = "CANARY0123456789"
	canary64 = "Q0FOQVJZ"
)

// audited is an audit document about a resource, with the members given.
func audited(resource, verb, members string) string {
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","requestReceivedTimestamp":"2026-01-02T03:04:05Z","verb":%q,"user":{"username":"u"},"objectRef":{"resource":%q,"namespace":"n","apiVersion":"v1"},%s}`, verb, resource, members)
}

func canaryDocuments() map[string]string {
	data := base64.StdEncoding.EncodeToString([]byte(canary))
	secret := `{"kind":"Secret","metadata":{"name":"s","annotations":{"kubectl.kubernetes.io/last-applied-configuration":` +
		quoted(`{"kind":"Secret","data":{"a":"`+data+`"},"stringData":{"b":"`+canary+`"}}`) + `}},"data":{"a":"` + data + `"},"stringData":{"b":"` + canary + `"}}`
	bare := `{"metadata":{"name":"s"},"data":{"a":"` + data + `"}}`
	jwt := "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJhIn0." + canary
	return map[string]string{
		"create":           audited("secrets", "create", `"requestObject":`+secret+`,"responseObject":`+secret),
		"list":             audited("secrets", "list", `"responseObject":{"kind":"SecretList","items":[`+bare+`,`+bare+`]}`),
		"list of any":      audited("things", "list", `"responseObject":{"kind":"List","items":[{"kind":"Pod"},`+secret+`]}`),
		"merge patch":      audited("secrets", "patch", `"requestObject":{"data":{"a":"`+data+`"},"stringData":{"b":"`+canary+`"}}`),
		"json patch":       audited("secrets", "patch", `"requestObject":[{"op":"add","path":"/data/x","value":"`+data+`"},{"op":"test","path":"/stringData","value":{"x":"`+canary+`"}}]`),
		"refused":          audited("secrets", "create", `"responseStatus":{"code":422,"message":"data[a]: Invalid value: \"`+canary+`\": no"}`),
		"bootstrap":        audited("secrets", "create", `"requestObject":{"type":"bootstrap.kubernetes.io/token","stringData":{"token-id":"abcdef","token-secret":"`+canary+`"}}`),
		"helm":             audited("secrets", "create", `"requestObject":{"kind":"Secret","type":"helm.sh/release.v1","data":{"release":"`+data+`"}}`),
		"token request":    audited("serviceaccounts", "create", `"responseObject":{"kind":"TokenRequest","status":{"token":"`+jwt+`"}}`),
		"opaque token":     audited("serviceaccounts", "create", `"responseObject":{"kind":"TokenRequest","status":{"token":"`+canary+`"}}`),
		"token review":     audited("tokenreviews", "create", `"requestObject":{"kind":"TokenReview","spec":{"token":"`+canary+`"}}`),
		"env":              audited("pods", "create", `"requestObject":{"kind":"Pod","spec":{"containers":[{"env":[{"name":"DB_PASSWORD","value":"`+canary+`"}]}]}}`),
		"env of a patch":   audited("deployments", "patch", `"requestObject":[{"op":"add","path":"/spec/template/spec/containers/0/env/-","value":{"name":"API_KEY","value":"`+canary+`"}}]`),
		"args":             audited("pods", "create", `"requestObject":{"spec":{"containers":[{"args":["--token=`+canary+`","--password","`+canary+`"]}]}}`),
		"config map":       audited("configmaps", "create", `"requestObject":{"data":{"conf":"[db]\npassword = `+canary+`\n","kubeconfig":"users:\n- user:\n    token: `+jwt+`\n"}}`),
		"uri":              audited("services", "get", `"requestURI":"/api/v1/namespaces/n/services/s/proxy/?token=`+canary+`\u0026x=1"`),
		"exec":             audited("pods", "create", `"requestURI":"/api/v1/namespaces/n/pods/p/exec?command=mysql\u0026command=-p\u0026command=`+canary+`\u0026command=--token%3D`+canary+`","objectRef":{"resource":"pods","subresource":"exec","name":"p"}`),
		"message":          audited("pods", "create", `"responseStatus":{"code":400,"message":"bad: https://u:`+canary+`@h/ and Bearer `+jwt+`"}`),
		"agent":            audited("pods", "get", `"userAgent":"x/`+jwt+`"`),
		"annotation":       audited("pods", "get", `"annotations":{"x":"ghp_`+canary+canary+canary+`"}`),
		"extra":            audited("pods", "get", `"user":{"username":"u","extra":{"x":["`+jwt+`"]}}`),
		"unknown member":   audited("pods", "get", `"new":{"clientSecret":"`+canary+`"}`),
		"template":         audited("templates", "create", `"requestObject":{"kind":"Template","objects":[`+secret+`]}`),
		"escaped thrice":   audited("pods", "create", `"requestObject":{"a":`+quoted(`{"b":`+quoted(secret)+`}`)+`}`),
		"gke":              `{"protoPayload":{"serviceName":"k8s.io","methodName":"io.k8s.core.v1.secrets.create","resourceName":"core/v1/namespaces/n/secrets/s","request":` + bare + `,"response":` + secret + `,"metadata":{"token":"` + canary + `"}},"insertId":"i"}`,
		"gke exec":         `{"protoPayload":{"serviceName":"k8s.io","methodName":"io.k8s.core.v1.pods.exec.create","resourceName":"core/v1/namespaces/n/pods/s/exec","request":{"command":["sh","-c","mysql -p` + canary + ` x"]}},"insertId":"i"}`,
		"aks":              `{"category":"kube-audit","properties":{"log":` + quoted(audited("secrets", "create", `"requestObject":`+secret)) + `}}`,
		"eks":              `{"id":"1","timestamp":1,"message":` + quoted(audited("secrets", "update", `"responseObject":`+bare)) + `}`,
		"objectRef at end": `{"auditID":"x","verb":"patch","requestObject":{"data":{"a":"` + data + `"}},"objectRef":{"resource":"secrets"}}`,
		"not UTF-8":        audited("secrets", "create", "\"requestObject\":{\"data\":{\"a\":\""+data+"\",\"b\":\"\xff"+canary+"\"}}"),
	}
}

// TestNoCanarySurvives: not in the raw document, nor in any field.
func TestNoCanarySurvives(t *testing.T) {
	for name, doc := range canaryDocuments() {
		c, out := decodeAll(t, doc)
		if len(c.events) != 1 {
			t.Errorf("%s: %d events, %+v", name, len(c.events), out)
			continue
		}
		e := c.events[0]
		if !json.Valid(e.Raw) {
			t.Errorf("%s: not JSON: %s", name, e.Raw)
		}
		if !strings.Contains(string(e.Raw), "redacted:") {
			t.Errorf("%s: nothing was replaced: %s", name, e.Raw)
		}
		for where, text := range allText(e) {
			if strings.Contains(text, "CANARY") || strings.Contains(text, canary64) {
				t.Errorf("%s: it lives in %s: %s", name, where, text)
			}
		}
	}
}

// allText returns every text of an event.
func allText(e *event.Event) map[string]string {
	out := map[string]string{"Raw": string(e.Raw)}
	for _, f := range event.Fields() {
		if v, ok := e.Text(f.ID); ok {
			out[f.Name] = v
		}
		if v, ok := e.List(f.ID); ok {
			out[f.Name] = strings.Join(v, " ")
		}
	}
	return out
}

// TestIdentityDoesNotDependOnTheKey although the document does.
func TestIdentityDoesNotDependOnTheKey(t *testing.T) {
	for name, doc := range canaryDocuments() {
		doc = strings.ReplaceAll(doc, `"auditID":"a","requestReceivedTimestamp":"2026-01-02T03:04:05Z",`, "")
		a, _ := decodeAll(t, doc)
		b, _ := decodeAll(t, doc)
		if len(a.uids) != 1 || len(b.uids) != 1 {
			continue // needs its audit ID to be an event
		}
		if a.uids[0] != b.uids[0] {
			t.Errorf("%s: two identities under two keys", name)
		}
		if string(a.events[0].Raw) == string(b.events[0].Raw) {
			t.Errorf("%s: two keys give the same document", name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, doc := range canaryDocuments() {
		f.Add([]byte(doc))
	}
	f.Add([]byte(`{"kind":"EventList","items":[{"auditID":"a"}]}`))
	f.Add([]byte(`{"awslogs":{"data":"H4sI"}}`))
	f.Add([]byte(`{"verb":5,"user":[],"sourceIPs":{},"objectRef":1,"requestURI":"?"}`))
	d := newTestDecoder(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		var c collector
		d.DecodeAll(doc, &Arena{}, &c)
		for _, e := range c.events {
			if !json.Valid(e.Raw) {
				t.Errorf("%q gives a raw document that is not JSON: %q", doc, e.Raw)
			}
			if event.MetadataUID.Get(e) == "" || event.AuditDialect.Get(e) == "" {
				t.Errorf("%q gives an event without identity or dialect", doc)
			}
		}
	})
}

// FuzzRedaction plants a secret beside text that is not known before.
func FuzzRedaction(f *testing.F) {
	f.Add("key", "text")
	f.Add(`"`, `\`)
	f.Add("kind", "ConfigMap")
	d := newTestDecoder(f)
	f.Fuzz(func(t *testing.T, key, text string) {
		if strings.Contains(key+text, "CANARY") {
			t.Skip()
		}
		body := func(secret string) string {
			return `{"kind":"Secret",` + quoted("x"+key) + `:` + quoted(text) + `,"data":{` + quoted(key) + `:` + quoted(secret) + `,"z":` + quoted(text) + `}}`
		}
		doc := audited("secrets", "update", `"requestObject":`+body(base64.StdEncoding.EncodeToString([]byte(canary)))+`,`+quoted("x"+text)+`:`+quoted(key)+`,"responseObject":`+body(canary))
		var c collector
		out := d.DecodeAll([]byte(doc), &Arena{}, &c)
		if len(c.events) != 1 {
			t.Fatalf("%q: %+v", doc, out)
		}
		for where, text := range allText(c.events[0]) {
			if strings.Contains(text, "CANARY") || strings.Contains(text, canary64) {
				t.Errorf("it lives in %s: %q", where, text)
			}
		}
	})
}
