package ocsfschema

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

// published loads the framework's own definitions.
func published(t *testing.T) *Schema {
	t.Helper()
	s, err := Load(os.DirFS(filepath.Join(require.Corpora(t), "ocsf")))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPublishedClasses(t *testing.T) {
	s := published(t)
	if s.Version() != "1.8.0" {
		t.Errorf("version %s", s.Version())
	}
	for _, uid := range []int64{0, 1001, 1003, 1004, 1005, 1007, 2004, 2005, 4001, 4003, 6003} {
		if s.classes[uid] == nil {
			t.Errorf("class %d is missing", uid)
		}
	}
}

const apiActivity = `{
	"class_uid": 6003, "class_name": "API Activity", "category_uid": 6, "category_name": "Application Activity",
	"activity_id": 2, "activity_name": "Read", "type_uid": 600302, "type_name": "API Activity: Read",
	"time": 1700000000123, "severity_id": 1, "severity": "Informational", "status_id": 1,
	"metadata": {"version": "1.8.0", "uid": "e1", "product": {"name": "Lynceus", "vendor_name": "Lynceus"}, "original_time": "2023-11-14T22:13:20.123456Z"},
	"actor": {"user": {"name": "jane", "type_id": 1, "groups": [{"name": "developers"}]}},
	"api": {"operation": "list", "request": {"uid": "a1"}, "response": {"code": 200}, "group": {"name": "core"}, "version": "v1"},
	"src_endpoint": {"ip": "203.0.113.66"},
	"http_request": {"user_agent": "kubectl/v1.36.0", "http_method": "GET", "url": {"path": "/api/v1/secrets", "url_string": "https://example.org/api/v1/secrets"}},
	"resources": [{"name": "db", "namespace": "payments", "type": "secrets", "uid": "u1"}],
	"unmapped": {"k8s": {"cluster": "c1"}}
}`

const processActivity = `{
	"class_uid": 1007, "category_uid": 1, "activity_id": 1, "type_uid": 100701, "time": 1700000000123, "severity_id": 1,
	"metadata": {"version": "1.8.0", "product": {"name": "Lynceus"}, "profiles": ["container", "linux/linux_users"]},
	"actor": {"process": {"pid": 1, "name": "sh"}},
	"device": {"type_id": 0, "hostname": "node-1"},
	"process": {
		"pid": 4242, "cmd_line": "id -u", "created_time": 1700000000000, "namespace_pid": 7, "euid": 0, "auid": 1000,
		"file": {"name": "id", "path": "/usr/bin/id", "type_id": 1},
		"container": {"uid": "0123", "name": "app", "image": {"name": "registry.example/app", "uid": "sha256:00"}},
		"parent_process": {"pid": 1}
	}
}`

func TestPublishedGoodEvents(t *testing.T) {
	s := published(t)
	for _, doc := range []string{apiActivity, processActivity} {
		for _, err := range s.Validate(decode(t, doc)) {
			t.Error(err)
		}
	}
}

func TestPublishedBadEvents(t *testing.T) {
	tests := []struct {
		base, over string
		want       []string
	}{
		{apiActivity, `{"src_endpoint": null}`, []string{"src_endpoint: required"}},
		{apiActivity, `{"src_endpoint": {"ip": "10.0.0"}}`, []string{"src_endpoint.ip"}},
		{apiActivity, `{"src_endpoint": {"ip": "1a2a3a4"}}`, []string{"src_endpoint.ip"}},
		{apiActivity, `{"activity_id": 6}`, []string{"activity_id: 6 is none", "type_uid: 600302 is not"}},
		{apiActivity, `{"severity": "High"}`, []string{"severity:"}},
		{apiActivity, `{"severity_id": 7}`, []string{"severity_id: 7 is none"}},
		{apiActivity, `{"k8s": {}}`, []string{"k8s: unknown attribute"}},
		{apiActivity, `{"time": 1700000000}`, []string{"time:"}},
		{apiActivity, `{"actor": {"user": {"type_id": 1}}}`, []string{"actor.user: at least one"}},
		{apiActivity, `{"device": {"type_id": 0}}`, []string{`device: belongs to the profile "host"`}},
		{apiActivity, `{"http_request": {"http_method": "LIST"}}`, []string{"http_request.http_method: LIST"}},
		{apiActivity, `{"api": {"operation": "list", "response": {"code": "200"}}}`, []string{"api.response.code: a string"}},
		{apiActivity, `{"observables": [{"type_id": 2, "name": "src_endpoint.ip", "value": "203.0.113.66"}, {"type_id": 21}]}`, nil},
		{apiActivity, `{"observables": [{"type_id": 9999}]}`, []string{"observables[0].type_id"}},
		{processActivity, `{"process": {"name": "sh"}}`, []string{"process: at least one is wanted of: pid uid cpid"}},
		{processActivity, `{"process": {"pid": 1, "egid": "0"}}`, []string{"process.egid: a string"}},
		{processActivity, `{"metadata": {"version": "1.8.0", "product": {"name": "Lynceus"}}, "process": {"pid": 1, "euid": 0}}`,
			[]string{`process.euid: belongs to the profile "linux/linux_users"`}},
		{processActivity, `{"device": null}`, []string{"device: required"}},
	}
	s := published(t)
	for _, tt := range tests {
		checkProblems(t, tt.over, s.Validate(patched(t, tt.base, tt.over)), tt.want)
	}
}
