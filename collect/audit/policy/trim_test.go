package policy

import (
	"encoding/json"
	"testing"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
)

// decode makes an event of an audit document.
func decode(t *testing.T, doc string) *event.Event {
	t.Helper()
	d, err := audit.NewDecoder(audit.DecoderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var e event.Event
	if _, err := d.Decode([]byte(doc), &audit.Arena{}, &e); err != nil {
		t.Fatal(err)
	}
	return &e
}

func TestApply(t *testing.T) {
	const doc = `{"kind":"Event","level":"RequestResponse","auditID":"1","stage":"ResponseComplete","verb":"update","user":{"username":"jane"},"requestURI":"/api/v1/namespaces/s/pods/p","objectRef":{"resource":"pods","namespace":"s","name":"p","apiVersion":"v1"},` +
		`"requestObject":{"kind":"Pod","metadata":{"name":"p<","managedFields":[{"manager":"m"}]}},"responseObject":{"kind":"PodList","items":[{"metadata":{"name":"p","managedFields":[1]}}]}}`
	tests := []struct {
		rule             Rule
		level            string
		request, respond string
	}{
		{Rule{Level: None}, "", "", ""},
		{Rule{Level: Metadata, OmitStages: []Stage{ResponseComplete}}, "", "", ""},
		{Rule{Level: Metadata}, "Metadata", "", ""},
		{Rule{Level: Request}, "Request", `{"kind":"Pod","metadata":{"name":"p<"}}`, ""},
		{Rule{Level: RequestResponse}, "RequestResponse", `{"kind":"Pod","metadata":{"name":"p<"}}`, `{"items":[{"metadata":{"name":"p"}}],"kind":"PodList"}`},
	}
	e := decode(t, doc)
	for _, tt := range tests {
		p := &Policy{OmitManagedFields: true, Rules: []Rule{tt.rule}}
		got, err := p.Apply(e)
		if err != nil {
			t.Fatal(err)
		}
		var out struct {
			Level                         string
			RequestObject, ResponseObject json.RawMessage
		}
		if got.Document != nil {
			if err := json.Unmarshal(got.Document, &out); err != nil {
				t.Fatal(err)
			}
		}
		if out.Level != tt.level || string(out.RequestObject) != tt.request || string(out.ResponseObject) != tt.respond {
			t.Errorf("%s: %+v, %s", tt.rule.Level, out, got.Document)
		}
	}
}

func TestApplySaysWhatWasNotRecorded(t *testing.T) {
	e := decode(t, `{"kind":"Event","level":"Metadata","auditID":"1","stage":"ResponseComplete","verb":"get","user":{"username":"jane"},"requestURI":"/version"}`)
	p := &Policy{Rules: []Rule{{Level: Request}}}
	got, err := p.Apply(e)
	if err != nil || !got.Short || got.Document == nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAttributesOf(t *testing.T) {
	tests := []struct {
		doc  string
		want Attributes
	}{
		{`{"verb":"get","user":{"username":"j","groups":["g"]},"requestURI":"/apis/apps/v1/namespaces/s/deployments/d?x=y","objectRef":{"resource":"deployments","namespace":"s","name":"d","apiGroup":"apps"}}`,
			Attributes{Known: true, User: "j", Verb: "get", Resource: true, Group: "apps", Type: "deployments", Namespace: "s", Name: "d", Path: "/apis/apps/v1/namespaces/s/deployments/d"}},
		{`{"verb":"create","user":{"username":"j"},"requestURI":"/api/v1/namespaces/s/pods","objectRef":{"resource":"pods","namespace":"s","name":"from-the-body"}}`,
			Attributes{Known: true, User: "j", Verb: "create", Resource: true, Type: "pods", Namespace: "s", Path: "/api/v1/namespaces/s/pods"}},
		{`{"verb":"create","user":{"username":"j"},"requestURI":"/api/v1/namespaces/s/pods/p/exec?command=sh","objectRef":{"resource":"pods","subresource":"exec","namespace":"s","name":"p"}}`,
			Attributes{Known: true, User: "j", Verb: "create", Resource: true, Type: "pods", Sub: "exec", Namespace: "s", Name: "p", Path: "/api/v1/namespaces/s/pods/p/exec"}},
		{`{"verb":"get","user":{},"requestURI":"/healthz?verbose"}`, Attributes{Verb: "get", Path: "/healthz"}},
		{`{"verb":"get","user":{"username":"a","extra":{}},"impersonatedUser":{"username":"b"},"requestURI":"/version"}`, Attributes{Known: true, User: "a", Verb: "get", Path: "/version"}},
	}
	for _, tt := range tests {
		got := AttributesOf(decode(t, `{"kind":"Event","stage":"ResponseComplete","auditID":"1",`+tt.doc[1:]))
		got.Groups = nil
		if a, b := jsonOf(t, got), jsonOf(t, tt.want); a != b {
			t.Errorf("%s:\n%s, want\n%s", tt.doc, a, b)
		}
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
