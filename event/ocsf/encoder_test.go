package ocsf_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/ocsf"
)

// number is a JSON number as decoded documents have it.
func number(text string) json.Number { return json.Number(text) }

// fields are values by the names of fields.
type fields map[string]any

// newEvent makes an event from values of type string, int64, bool or []string.
func newEvent(tb testing.TB, c event.Class, values fields) *event.Event {
	tb.Helper()
	var e event.Event
	e.Reset(c)
	for name, v := range values {
		f := event.ByName(name)
		if f == nil || !f.In(c) {
			tb.Fatalf("%s is no field of table %s", name, c)
		}
		switch v := v.(type) {
		case string:
			event.StringField(f.ID).Set(&e, v)
		case int:
			event.IntField(f.ID).Set(&e, int64(v))
		case bool:
			event.BoolField(f.ID).Set(&e, v)
		case []string:
			event.StringsField(f.ID).Set(&e, v)
		}
	}
	return &e
}

func TestAppend(t *testing.T) {
	deep := strings.Repeat("[", 600) + strings.Repeat("]", 600)
	for _, test := range []struct {
		name   string
		class  event.Class
		values fields
		want   map[string]any // by path; nil: absent
	}{
		{"nothing known", event.ClassAudit, nil, map[string]any{
			"category_uid": number("6"), "category_name": "Application Activity", "class_uid": number("6003"), "class_name": "API Activity",
			"activity_id": number("0"), "activity_name": "Unknown", "type_uid": number("600300"), "type_name": "API Activity: Unknown",
			"severity_id": number("1"), "severity": "Informational", "status_id": number("0"), "status": nil,
			"time": number("0"), "time_dt": nil, "unmapped": nil, "raw_data": nil, "resources": nil, "http_request": nil,
			"metadata.version": "1.8.0", "metadata.profiles": []any{"datetime"}, "metadata.uid": nil,
			"metadata.product": map[string]any{"name": "Lynceus", "vendor_name": "Lynceus", "version": "v1.2.3"},
			"actor":            map[string]any{"user": map[string]any{"name": "unknown", "type_id": number("0")}},
			"api":              map[string]any{"operation": "unknown"}, "src_endpoint": map[string]any{"name": "unknown"},
		}},
		{"time", event.ClassAudit, fields{"time": noon, "received_time": noon + 5_000_000, "audit.request_time": noon - 999_000_000}, map[string]any{
			"time": number("1772625600123"), "time_dt": "2026-03-04T12:00:00.123456789Z",
			"metadata.logged_time": number("1772625600128"), "metadata.logged_time_dt": "2026-03-04T12:00:00.128456789Z",
			"unmapped.audit.request_time": "2026-03-04T11:59:59.124456789Z",
		}},
		{"time of receipt only", event.ClassAudit, fields{"received_time": noon}, map[string]any{"time": number("1772625600123"), "time_dt": nil}},
		{"time before 1970", event.ClassAudit, fields{"time": -1, "received_time": -2}, map[string]any{
			"time": number("0"), "time_dt": nil, "unmapped.time": "1969-12-31T23:59:59.999999999Z",
			"metadata.logged_time": nil, "unmapped.received_time": "1969-12-31T23:59:59.999999998Z",
		}},

		{"object", event.ClassAudit, fields{"resource.group": "", "resource.type": "pods", "resource.subresource": "exec", "k8s.namespace": "shop"}, map[string]any{
			"resources": []any{map[string]any{"name": "*", "type": "pods", "namespace": "shop", "group": map[string]any{"name": ""}}},
			"unmapped":  map[string]any{"audit": map[string]any{"subresource": "exec"}, "k8s": map[string]any{"namespace": "shop"}},
		}},
		{"namespace is no object", event.ClassAudit, fields{"k8s.namespace": "shop"}, map[string]any{"resources": nil}},
		{"groups", event.ClassAudit, fields{"actor.user.groups": []string{"a", ""}}, map[string]any{
			"actor.user": map[string]any{"name": "unknown", "type_id": number("0"), "groups": []any{map[string]any{"name": "a"}, map[string]any{"name": ""}}},
		}},
		{"no groups", event.ClassAudit, fields{"actor.user.groups": []string{}}, map[string]any{"actor.user.groups": []any{}}},
		{"user", event.ClassAudit, fields{"actor.user.name": "system:serviceaccount:shop:api"}, map[string]any{"actor.user.type_id": number("4")}},
		{"user of a process", event.ClassProcess, fields{"actor.user.name": "root"}, map[string]any{"actor.user": map[string]any{"name": "root"}}},
		{"body", event.ClassAudit, fields{"audit.request_object": "{\"a\" :\n\t[ 1, \"\\\" \\\\\" ,1e400]}\n"}, map[string]any{
			"api.request": map[string]any{"uid": "unknown", "data": map[string]any{"a": []any{number("1"), `" \`, number("1e400")}}},
		}},
		{"body that is no JSON", event.ClassAudit, fields{"audit.response_object": `{"a"`}, map[string]any{"api.response.data": `{"a"`}},
		{"body nested too deeply", event.ClassAudit, fields{"audit.response_object": deep}, map[string]any{"api.response.data": deep}},
		{"body with bytes that are not UTF-8", event.ClassAudit, fields{"audit.response_object": "[\"\xff \"]"}, map[string]any{"api.response.data": []any{"\uFFFD "}}},
		{"raw", event.ClassAudit, fields{"raw_data": "{\n}"}, map[string]any{"raw_data": "{\n}"}},

		{"address", event.ClassAudit, fields{"src_endpoint.ip": "2001:db8::1", "src_endpoint.port": 0}, map[string]any{
			"src_endpoint": map[string]any{"ip": "2001:db8::1", "port": number("0")}, "unmapped": nil,
		}},
		{"no addresses", event.ClassNetwork, fields{"src_endpoint.ip": "fe80::1%eth0", "dst_endpoint.ip": "", "dst_endpoint.port": 65536}, map[string]any{
			"src_endpoint": map[string]any{"name": "unknown"}, "dst_endpoint": nil,
			"unmapped": map[string]any{
				"src_endpoint": map[string]any{"ip": "fe80::1%eth0"}, "dst_endpoint": map[string]any{"ip": "", "port": number("65536")},
			},
		}},
		{"destination", event.ClassNetwork, fields{"dst_endpoint.hostname": "example.org", "connection_info.protocol_name": "tcp", "connection_info.initiated": true}, map[string]any{
			"src_endpoint": nil, "dst_endpoint": map[string]any{"hostname": "example.org"}, "metadata.profiles": []any{"datetime", "host", "security_control"}, "actor": nil,
			"connection_info": map[string]any{"protocol_name": "tcp", "direction_id": number("2")},
		}},
		{"taken connection", event.ClassNetwork, fields{"connection_info.protocol_name": "tcp", "connection_info.initiated": false}, map[string]any{
			"connection_info.direction_id": number("1"), "unmapped.connection_info.initiated": false,
		}},
		{"endpoint of a file event", event.ClassFile, fields{"src_endpoint.ip": "10.0.0.1"}, map[string]any{
			"src_endpoint": nil, "unmapped.src_endpoint.ip": "10.0.0.1",
		}},

		{"process", event.ClassProcess, fields{
			"process.file.path": "/usr/bin/id", "process.pid": 7, "process.user.uid": 0, "process.file.hash.sha256": "00ff",
			"process.parent_process.name": "sh", "k8s.node": "node-1", "status": "Failure",
		}, map[string]any{
			"process": map[string]any{
				"pid": number("7"), "user": map[string]any{"uid": "0"}, "parent_process": map[string]any{"uid": "unknown", "name": "sh"},
				"file": map[string]any{"path": "/usr/bin/id", "name": "id", "type_id": number("0"), "hashes": []any{
					map[string]any{"value": "00ff", "algorithm": "SHA-256", "algorithm_id": number("3")},
				}},
			},
			"device": map[string]any{"name": "node-1", "type_id": number("0")}, "unmapped.k8s.node": "node-1", "status_id": number("2"),
		}},
		{"acting process", event.ClassModule, fields{"actor.process.cmd_line": "insmod x", "status": "Delayed"}, map[string]any{
			"actor": map[string]any{"process": map[string]any{"cmd_line": "insmod x", "uid": "unknown"}}, "module": map[string]any{"load_type_id": number("0")},
			"device.name": "unknown", "status_id": number("99"), "status": "Delayed",
		}},
		{"file", event.ClassFile, fields{"file.path": "passwd"}, map[string]any{"file.name": "passwd", "file.type_id": number("0")}},
		{"file with a name", event.ClassFile, fields{"file.path": "/etc/passwd", "file.name": "p"}, map[string]any{"file.name": "p"}},
		{"kernel", event.ClassKernel, nil, map[string]any{"kernel": map[string]any{"name": "unknown", "type_id": number("0")}}},
		{"memory", event.ClassMemory, nil, map[string]any{"process": map[string]any{"uid": "unknown"}}},
		{"question", event.ClassDNS, fields{"query.type": "A", "answers": []string{"10.0.0.1", "10.0.0.2"}}, map[string]any{
			"query": map[string]any{"hostname": "unknown", "type": "A"}, "answers": []any{map[string]any{"rdata": "10.0.0.1"}, map[string]any{"rdata": "10.0.0.2"}},
		}},

		{"table of our own", event.ClassInventory, fields{"actor.user.name": "jane"}, map[string]any{
			"class_uid": number("0"), "class_name": "Base Event", "category_uid": number("0"), "type_uid": number("0"),
			"unmapped": map[string]any{"table": "inventory"}, "actor.user.name": "jane",
		}},
		{"table of findings", event.ClassFinding, nil, map[string]any{"class_uid": number("0"), "unmapped.table": "finding"}},
		{"no table", event.ClassNone, nil, map[string]any{"class_uid": number("0"), "unmapped.table": ""}},
		{"table that does not exist", 200, nil, map[string]any{"class_uid": number("0"), "unmapped.table": ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc := document(t, ocsf.NewEncoder("v1.2.3"), newEvent(t, test.class, test.values))
			for path, want := range test.want {
				got, err := lookUp(doc, path)
				if want == nil && errors.Is(err, errAbsent) {
					continue
				}
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %#v, %v, want %#v", path, got, err, want)
				}
			}
		})
	}
}

func TestActivity(t *testing.T) {
	for _, test := range []struct {
		class  event.Class
		word   string
		id     string
		name   string
		typeIs string
	}{
		{event.ClassAudit, "create", "1", "Create", "API Activity: Create"},
		{event.ClassAudit, "get", "2", "Read", "API Activity: Read"},
		{event.ClassAudit, "list", "2", "Read", "API Activity: Read"},
		{event.ClassAudit, "watch", "2", "Read", "API Activity: Read"},
		{event.ClassAudit, "update", "3", "Update", "API Activity: Update"},
		{event.ClassAudit, "patch", "3", "Update", "API Activity: Update"},
		{event.ClassAudit, "delete", "4", "Delete", "API Activity: Delete"},
		{event.ClassAudit, "deletecollection", "4", "Delete", "API Activity: Delete"},
		{event.ClassAudit, "post", "99", "post", "API Activity: Other"},
		{event.ClassAudit, "Create", "99", "Create", "API Activity: Other"},
		{event.ClassAudit, "", "99", "", "API Activity: Other"},
		{event.ClassProcess, "Launch", "1", "Launch", "Process Activity: Launch"},
		{event.ClassProcess, "Unknown", "0", "Unknown", "Process Activity: Unknown"},
		{event.ClassProcess, "Other", "99", "Other", "Process Activity: Other"},
		{event.ClassProcess, "launch", "99", "launch", "Process Activity: Other"},
		{event.ClassFile, "Open", "14", "Open", "File System Activity: Open"},
		{event.ClassNetwork, "Traffic", "6", "Traffic", "Network Activity: Traffic"},
		{event.ClassDNS, "Traffic", "6", "Traffic", "DNS Activity: Traffic"},
		{event.ClassDNS, "", "99", "", "DNS Activity: Other"},
		{event.ClassMemory, "Map View", "9", "Map View", "Memory Activity: Map View"},
	} {
		name := "activity"
		if test.class == event.ClassAudit {
			name = "api.operation"
		}
		doc := document(t, ocsf.NewEncoder("v1.2.3"), newEvent(t, test.class, fields{name: test.word}))
		if doc["activity_id"] != number(test.id) || doc["activity_name"] != test.name || doc["type_name"] != test.typeIs {
			t.Errorf("%s %q: %v %v %v", test.class, test.word, doc["activity_id"], doc["activity_name"], doc["type_name"])
		}
	}
}

// TestKindsArePublished holds the captions of all classes and activities
// against the published schema.
func TestKindsArePublished(t *testing.T) {
	s, enc := published(t), ocsf.NewEncoder("v1.2.3")
	for _, c := range event.Classes() {
		if c == event.ClassFinding || c == event.ClassIncident {
			continue // package incident/ocsf writes them
		}
		doc := document(t, enc, newEvent(t, c, fields{"time": noon}))
		for activity := range 100 {
			kind := ocsf.Kind(c, activity)
			if kind["activity_name"] == "Other" && activity != 99 {
				continue
			}
			for name, v := range kind {
				if n, ok := v.(int); ok {
					v = number(strconv.Itoa(n))
				}
				doc[name] = v
			}
			checkValid(t, s, doc)
		}
	}
}

func TestUserType(t *testing.T) {
	for name, want := range map[string]int{
		"": 0, "jane": 1, "system": 1, "system:admin": 3, "system:node:a": 3, "system:serviceaccount:a:b": 4, "system:serviceaccounts": 3,
	} {
		if got := ocsf.UserType(name); got != want {
			t.Errorf("UserType(%q) = %d, want %d", name, got, want)
		}
	}
}

func TestAppendDoesNotAllocate(t *testing.T) {
	enc, e := ocsf.NewEncoder("v1.2.3"), newEvent(t, event.ClassAudit, request)
	buf := enc.Append(nil, e)
	if n := testing.AllocsPerRun(100, func() { buf = enc.Append(buf[:0], e) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
