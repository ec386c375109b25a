package ocsf_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/ocsf"
	"github.com/lynceus-io/lynceus/internal/require"
)

// request is the event whose document docs/ocsf.md shows.
var request = fields{
	"metadata.uid": "7c1f0b7d2f0e4c6f8f3d1f6a0c5b9e42", "time": noon, "received_time": noon + 2_500_000, "metadata.source": "audit.log",
	"k8s.cluster": "prod", "k8s.namespace": "payments", "status": "Success",
	"actor.user.name": "jane", "actor.user.groups": []string{"developers", "system:authenticated"}, "src_endpoint.ip": "203.0.113.66",
	"api.operation": "get", "api.request.uid": "5ad7c0de-0000-4000-8000-000000000001", "api.response.code": 200,
	"http_request.url.path": "/api/v1/namespaces/payments/secrets/db", "http_request.user_agent": "kubectl/v1.36.0",
	"resource.type": "secrets", "resource.name": "db", "resource.version": "v1",
	"audit.stage": "ResponseComplete", "audit.request_time": noon - 4_000_000, "audit.user.name": "jane",
}

func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), "docs", "ocsf.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```json\n")
	example, _, _ := strings.Cut(rest, "```")
	text := ocsf.NewEncoder("v0.1.0").Append(nil, newEvent(t, event.ClassAudit, request))
	var want bytes.Buffer
	if err := json.Indent(&want, text, "", "  "); err != nil {
		t.Fatal(err)
	}
	if example != want.String()+"\n" {
		t.Errorf("docs/ocsf.md should show\n%s", want.String())
	}
	checkValid(t, published(t), document(t, ocsf.NewEncoder("v0.1.0"), newEvent(t, event.ClassAudit, request)))
}
