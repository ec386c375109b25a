package expr

import (
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

type set map[string]bool

func (s set) Has(v string) bool { return s[v] }

func TestPredicates(t *testing.T) {
	at := time.Date(2026, 1, 4, 23, 59, 7, 5000, time.UTC).UnixNano()
	e := auditEvent(`{
		"requestObject": {
			"kind": "Pod",
			"metadata": {"annotations": {"a.b/c": "x\ty"}, "labels": {}, "finalizers": []},
			"spec": {
				"replicas": 3, "ratio": 1.50, "huge": 18446744073709551615,
				"hostNetwork": true, "nothing": null,
				"containers": [
					{"name": "Web", "args": ["--a", "--b=C"], "securityContext": {"privileged": false}},
					{"name": "db", "args": [], "securityContext": null},
					{"name": "", "securityContext": {"privileged": true}}
				]
			}
		},
		"requestReceivedTimestamp": "2026-01-04T23:59:07.000005Z",
		"port": "8080"
	}`, func(e *event.Event) {
		event.APIOperation.Set(e, "Create")
		event.ResourceName.Set(e, "")
		event.APIResponseCode.Set(e, 403)
		event.ActorUserName.Set(e, "Straße-\u212aelvin")
		event.ActorUserGroups.Set(e, []string{"system:masters", "Devs"})
		event.ActorUserUID.Set(e, "1.0")
		event.AuditSourceIPs.Set(e, nil)
		event.AuditExecInteractive.Set(e, true)
		event.AuditDryRun.Set(e, false)
		event.SrcEndpointIP.Set(e, "10.1.2.3")
		event.DstEndpointIP.Set(e, "::ffff:10.1.2.3")
		event.AuditUserName.Set(e, "create")
		event.Time.Set(e, at)
	})
	opts := Options{Lists: func(name string) List {
		if name == "tor" {
			return set{"10.1.2.3": true}
		}
		return nil
	}}
	tests := []struct {
		field string
		op    Op
		text  string
		fold  bool
		want  bool
	}{
		{"api.operation", OpEq, "Create", false, true},
		{"api.operation", OpEq, "create", false, false},
		{"api.operation", OpEq, "cREATE", true, true},
		{"api.operation", OpContains, "REAT", true, true},
		{"api.operation", OpContains, "REAT", false, false},
		{"api.operation", OpContains, "", false, true},
		{"api.operation", OpPrefix, "cre", true, true},
		{"api.operation", OpPrefix, "reate", true, false},
		{"api.operation", OpSuffix, "ATE", true, true},
		{"api.operation", OpSuffix, "ATE", false, false},
		{"api.operation", OpGlob, "c*t?", true, true},
		{"api.operation", OpGlob, "C?t*", false, false},
		{"api.operation", OpRegex, "^Cr.*e$", false, true},
		{"api.operation", OpRegex, "REATE", false, false},
		{"api.operation", OpRegex, "REATE", true, true},
		{"api.operation", OpExists, "", false, true},
		{"api.operation", OpNull, "", false, false},

		// absent is not empty
		{"resource.name", OpEq, "", false, true},
		{"resource.name", OpContains, "", false, true},
		{"resource.name", OpExists, "", false, true},
		{"resource.name", OpNull, "", false, false},
		{"resource.type", OpEq, "", false, false},
		{"resource.type", OpContains, "", false, false},
		{"resource.type", OpGlob, "*", false, false},
		{"resource.type", OpRegex, "", false, false},
		{"resource.type", OpExists, "", false, false},
		{"resource.type", OpNull, "", false, true},

		// case folding is Unicode's
		{"actor.user.name", OpPrefix, "STRAßE-K", true, true},
		{"actor.user.name", OpContains, "-kelvin", true, true},
		{"actor.user.name", OpContains, "-kelvin", false, false},
		{"actor.user.name", OpGlob, "stra?e*", true, true},
		{"actor.user.name", OpGlob, "stra??e*", true, false},

		// numbers
		{"api.response.code", OpEq, "403", false, true},
		{"api.response.code", OpEq, "403.0", false, true},
		{"api.response.code", OpEq, "4.03e2", false, true},
		{"api.response.code", OpEq, "0403", false, true},
		{"api.response.code", OpEq, "40", false, false},
		{"api.response.code", OpEq, "", false, false},
		{"api.response.code", OpGlob, "4*", false, true},
		{"api.response.code", OpContains, "03", false, true},
		{"api.response.code", OpRegex, "^4..$", false, true},
		{"api.response.code", OpGe, "403", false, true},
		{"api.response.code", OpGt, "402.9", false, true},
		{"api.response.code", OpGt, "403", false, false},
		{"api.response.code", OpLt, "404", false, true},
		{"api.response.code", OpLe, "-1", false, false},
		{"actor.user.uid", OpEq, "1", false, false},
		{"actor.user.uid", OpEq, "1.0", false, true},
		{"actor.user.uid", OpLe, "1", false, true},
		{"api.operation", OpGt, "0", false, false},
		{"raw.requestObject.spec.replicas", OpEq, "3", false, true},
		{"raw.requestObject.spec.replicas", OpEq, "3.0", false, true},
		{"raw.requestObject.spec.ratio", OpEq, "1.5", false, true},
		{"raw.requestObject.spec.ratio", OpSuffix, "50", false, true},
		{"raw.requestObject.spec.huge", OpEq, "18446744073709551615", false, true},
		{"raw.requestObject.spec.huge", OpGt, "9223372036854775807", false, true},
		{"raw.port", OpGe, "1024", false, true},
		{"raw.port", OpEq, "8080", false, true},
		{"raw.port", OpEq, "8080.0", false, false},

		// booleans
		{"audit.exec.interactive", OpEq, "True", true, true},
		{"audit.exec.interactive", OpEq, "1", true, false},
		{"audit.dry_run", OpEq, "false", false, true},
		{"raw.requestObject.spec.hostNetwork", OpEq, "true", true, true},

		// lists: any value
		{"actor.user.groups", OpEq, "DEVS", true, true},
		{"actor.user.groups", OpEq, "dev", true, false},
		{"actor.user.groups", OpPrefix, "system:", false, true},
		{"audit.source_ips", OpExists, "", false, true},
		{"audit.source_ips", OpNull, "", false, false},
		{"audit.source_ips", OpContains, "", false, false},

		// paths
		{"raw.requestObject.spec.containers.name", OpEq, "web", true, true},
		{"raw.requestObject.spec.containers.name", OpEq, "", false, true},
		{"raw.requestObject.spec.containers.args", OpEq, "--b=c", true, true},
		{"raw.requestObject.spec.containers[1].name", OpEq, "db", false, true},
		{"raw.requestObject.spec.containers[1].name", OpEq, "Web", false, false},
		{"raw.requestObject.spec.containers[1].args", OpExists, "", false, true},
		{"raw.requestObject.spec.containers[1].args", OpContains, "", false, false},
		{"raw.requestObject.spec.containers.securityContext.privileged", OpEq, "true", true, true},
		{"raw.requestObject.spec.containers.securityContext", OpNull, "", false, true},
		{"raw.requestObject.spec.containers.securityContext", OpContains, "privileged", false, true},
		{"raw.requestObject.spec.nothing", OpNull, "", false, true},
		{"raw.requestObject.spec.nothing", OpExists, "", false, true},
		{"raw.requestObject.spec.nothing", OpEq, "", false, false},
		{"raw.requestObject.spec.nothing", OpEq, "null", false, false},
		{"raw.requestObject.spec.missing", OpNull, "", false, true},
		{"raw.requestObject.spec.missing", OpExists, "", false, false},
		{"raw.requestObject.metadata.labels", OpEq, "{}", false, true},
		{"raw.requestObject.metadata.finalizers", OpExists, "", false, true},
		{"raw.requestObject.metadata.finalizers", OpEq, "[]", false, false},
		{"raw.requestObject.metadata.annotations.a.b/c", OpEq, "x\ty", false, true},
		{"audit.request_object_kind", OpEq, "pod", true, true},
		{"raw_data", OpContains, `"kind": "Pod"`, false, true},

		// addresses
		{"src_endpoint.ip", OpCIDR, "10.0.0.0/8", false, true},
		{"src_endpoint.ip", OpCIDR, "10.9.9.9/8", false, true},
		{"src_endpoint.ip", OpCIDR, "::ffff:10.0.0.0/104", false, true},
		{"src_endpoint.ip", OpCIDR, "10.1.2.3", false, true},
		{"src_endpoint.ip", OpCIDR, "11.0.0.0/8", false, false},
		{"src_endpoint.ip", OpCIDR, "::/0", false, false},
		{"dst_endpoint.ip", OpCIDR, "10.0.0.0/8", false, true},
		{"api.operation", OpCIDR, "0.0.0.0/0", false, false},
		{"src_endpoint.ip", OpInList, "tor", false, true},
		{"dst_endpoint.ip", OpInList, "tor", false, false},

		// times
		{"time", OpEq, "2026-01-04T23:59:07.000005Z", false, true},
		{"time", OpEq, "2026-01-05T00:59:07.000005+01:00", false, true},
		{"time", OpPrefix, "2026-01-04T", false, true},
		{"time", OpGt, "2026-01-04T23:59:07Z", false, true},
		{"time", OpLt, "2026-01-04T23:59:07Z", false, false},
		{"time", OpGt, "5", false, false},
		{"raw.requestReceivedTimestamp", OpGt, "2026-01-04T23:59:07Z", false, true},
		{"raw.requestReceivedTimestamp", OpGt, "2026-01-05T23:59:07Z", false, false},
		{"api.operation", OpLe, "2026-01-05T23:59:07Z", false, false},

		// keywords
		{"", OpKeyword, "ELV", true, true},
		{"", OpKeyword, "ELV", false, false},
		{"", OpKeyword, "sys*mas?ers", false, true},
		{"", OpKeyword, "403", false, true},
		{"", OpKeyword, "--b=c", true, true},
		{"", OpKeyword, "x\ty", false, true},
		{"", OpKeyword, "1.50", false, true},
		{"", OpKeyword, "hostNetwork", false, false},
		{"", OpKeyword, "Web*db", false, false},
		{"", OpKeyword, "Webdb", false, false},
		{"", OpKeyword, "nothing*", true, false},
		{"", OpKeyword, "null", true, false},
	}
	for _, tt := range tests {
		p := &Pred{Op: tt.op, Text: tt.text, Fold: tt.fold}
		if tt.field != "" {
			p.Field = ref(t, tt.field)
		}
		if got := eval(t, p, e, opts); got != tt.want {
			t.Errorf("%s op %d %q fold %v: %v, want %v", tt.field, tt.op, tt.text, tt.fold, got, tt.want)
		}
	}
}

func TestFieldPairs(t *testing.T) {
	e := auditEvent(`{"a": ["x", "Foo"], "b": "foobar", "n": 1.0, "m": 1, "z": null}`, func(e *event.Event) {
		event.APIOperation.Set(e, "foo")
		event.APIResponseCode.Set(e, 1)
	})
	tests := []struct {
		field, other string
		op           Op
		fold, want   bool
	}{
		{"api.operation", "raw.a", OpFieldEq, true, true},
		{"api.operation", "raw.a", OpFieldEq, false, false},
		{"raw.b", "raw.a", OpFieldPrefix, true, true},
		{"raw.b", "raw.a", OpFieldSuffix, true, false},
		{"raw.b", "api.operation", OpFieldContains, false, true},
		{"raw.n", "raw.m", OpFieldEq, false, true},
		{"raw.n", "api.response.code", OpFieldEq, false, true},
		{"raw.z", "raw.z", OpFieldEq, false, false},
		{"raw.missing", "raw.missing", OpFieldEq, false, false},
		{"raw.b", "raw.missing", OpFieldContains, false, false},
	}
	for _, tt := range tests {
		p := &Pred{Field: ref(t, tt.field), Other: ref(t, tt.other), Op: tt.op, Fold: tt.fold}
		if got := eval(t, p, e, Options{}); got != tt.want {
			t.Errorf("%s op %d %s fold %v: %v, want %v", tt.field, tt.op, tt.other, tt.fold, got, tt.want)
		}
	}
}

func TestTimeParts(t *testing.T) {
	e := auditEvent(`{"at": "2026-01-05T00:59:07+01:00", "no": "12"}`, func(e *event.Event) {
		event.Time.Set(e, time.Date(2027, 1, 1, 13, 5, 0, 0, time.UTC).UnixNano())
	})
	tests := []struct {
		field string
		part  TimePart
		op    Op
		text  string
		want  bool
	}{
		{"time", PartMinute, OpEq, "5", true},
		{"time", PartHour, OpGe, "13", true},
		{"time", PartHour, OpLt, "13", false},
		{"time", PartDay, OpEq, "1", true},
		{"time", PartWeek, OpEq, "53", true},
		{"time", PartMonth, OpEq, "1.0", true},
		{"time", PartYear, OpEq, "2027", true},
		{"raw.at", PartHour, OpEq, "23", true},
		{"raw.at", PartDay, OpEq, "4", true},
		{"raw.no", PartHour, OpEq, "12", false},
		{"raw.missing", PartHour, OpGe, "0", false},
	}
	for _, tt := range tests {
		p := &Pred{Field: ref(t, tt.field), Op: tt.op, Text: tt.text, Part: tt.part}
		if got := eval(t, p, e, Options{}); got != tt.want {
			t.Errorf("%s part %d op %d %s: %v, want %v", tt.field, tt.part, tt.op, tt.text, got, tt.want)
		}
	}
}

func TestJSONPatch(t *testing.T) {
	e := auditEvent(`{"requestObject": [{"op": "add", "path": "/spec/template/spec/hostNetwork", "value": true}]}`)
	for name, want := range map[string]bool{"raw.requestObject.spec.template.spec.hostNetwork": true, "raw.requestObject.spec.hostNetwork": false} {
		if got := eval(t, &Pred{Field: ref(t, name), Op: OpEq, Text: "true"}, e, Options{}); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestBrokenDocument(t *testing.T) {
	for _, raw := range []string{"", "{", "\x00", `{"a": "`, "plain a text"} {
		e := auditEvent(raw)
		if eval(t, &Pred{Field: ref(t, "raw.a"), Op: OpExists}, e, Options{}) {
			t.Errorf("%q has a member", raw)
		}
		eval(t, &Pred{Op: OpKeyword, Text: "x"}, e, Options{})
	}
	if !eval(t, &Pred{Op: OpKeyword, Text: "plain a"}, auditEvent(" plain a text"), Options{}) {
		t.Error("a document that is no JSON is one text")
	}
}
