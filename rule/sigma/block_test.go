package sigma

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

const blockHead = `title: t
id: 1
logsource: {product: kubernetes, service: audit}
detection:
  s: {verb: get}
  failed: {responseStatus.code|gte: 400}
  condition: s
lynceus:
`

func TestBlock(t *testing.T) {
	r := one(t, blockHead+`
  risk: It matters.
  runbook: [Look., Ask.]
  actor: [actor.user.name]
  target: [k8s.namespace, audit.request_object.kind]
  window: 7d
  silent: true
  new: {key: [actor.user.name], within: [k8s.namespace], min_history: 48h}
  severity:
    - {if: failed and not s, set: low, why: refused}
    - {novel: {key: [resource.type]}, raise: -2}
`)
	ref := func(name string) event.Ref {
		x, ok := event.Resolve(event.ClassAudit, name)
		if !ok {
			t.Fatalf("no field %s", name)
		}
		return x
	}
	if got, want := expr.Print(r.Ext.Severity[0].If), `api.response.code >= 400 and not api.operation = "get"`; got != want {
		t.Errorf("If = %s, want %s", got, want)
	}
	r.Ext.Severity[0].If = nil
	want := &rule.Extension{
		Risk: "It matters.", Runbook: []string{"Look.", "Ask."},
		Actor: []event.Ref{ref("actor.user.name")}, Target: []event.Ref{ref("k8s.namespace"), {Path: "requestObject.kind"}},
		Window: 7 * 24 * time.Hour,
		New:    &rule.Novelty{Key: []event.Ref{ref("actor.user.name")}, Within: []event.Ref{ref("k8s.namespace")}, MinHistory: 48 * time.Hour},
		Severity: []rule.Adjust{
			{At: expr.Pos{Line: 18, Col: 7}, Set: rule.Low, Why: "refused"},
			{At: expr.Pos{Line: 19, Col: 7}, Novel: &rule.Novelty{Key: []event.Ref{ref("resource.type")}}, Raise: -2},
		},
	}
	if !reflect.DeepEqual(r.Ext, want) {
		t.Errorf("Ext =\n%+v\nwant\n%+v", r.Ext, want)
	}
	if !r.Silent {
		t.Error("not silent")
	}
}

func TestBlockProblems(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"  risks: a", `error 9:3 lynceus: "risks" is no member here`},
		{"  risk: [a]", `error 9:9 lynceus.risk: got array, want string`},
		{"  runbook: a", `error 9:12 lynceus.runbook: got string, want array`},
		{"  window: 1.5h", `error 9:11 lynceus.window: "1.5h" is no time span: a whole number and a unit, such as 90s, 15m, 24h, 7d`},
		{"  actor: [user]", `error 9:11 lynceus.actor: no field of the rule's table is called "user"`},
		{"  actor: [verb]", `error 9:11 lynceus.actor: no field of the rule's table is called "verb"`},
		{"  actor: [process.name]", `error 9:11 lynceus.actor: no field of the rule's table is called "process.name"`},
		{"  new: {within: [time]}", `error 9:8 lynceus.new: missing property 'key'`},
		{"  severity: [{set: low}]", `error 9:14 lynceus.severity.0: an adjustment needs if or novel`},
		{"  severity: [{if: s}]", `error 9:14 lynceus.severity.0: an adjustment has either set or raise`},
		{"  severity: [{if: s, raise: 1, set: low}]", `error 9:14 lynceus.severity.0: an adjustment has either set or raise`},
		{"  severity: [{if: s, raise: 0}]", `error 9:29 lynceus.severity.0.raise: to raise by 0 does nothing`},
		{"  severity: [{if: s, set: bad}]", `error 9:27 lynceus.severity.0.set: value must be one of 'informational', 'low', 'medium', 'high', 'critical'`},
		{"  severity: [{if: s and x, set: low}]", `error 9:25 condition: nothing here is called "x"`},
		{"  severity: [{if: s, set: low, when: 1}]", `error 9:32 lynceus: "when" is no member here`},
		{"  absent: [a]", `error 9:11 lynceus.absent: it belongs to correlations`},
		{"  tests: [{name: a, match: true}]", `error 9:11 lynceus.tests.0: missing property 'events'`},
		{"  tests: [{name: a, match: true, events: [{_ta: 1s}]}]", `error 9:44 lynceus.tests: "_ta" is no member of an event`},
		{"  tests: [{name: a, match: true, events: [{_at: 1}]}]", `error 9:49 lynceus.tests.0.events.0._at: got number, want string`},
		{"  tests: [{name: a, match: true, events: [{_repeat: 99999}]}]", `error 9:53 lynceus.tests.0.events.0._repeat: maximum: got 99,999, want 10,000`},
		{"  tests: [{name: a, match: true, events: [{}], history: [{_at: 1s}]}]", `error 9:59 lynceus.tests: history is spread evenly; _at belongs to events`},
		{"  tests: [{name: a, match: false, severity: low, events: [{}]}]", `error 9:45 lynceus.tests: where nothing is found there is no severity`},
		{"  tests: [{name: a, match: true, events: [{}]}, {name: a, match: true, events: [{}]}]", `error 9:49 lynceus.tests: two tests are called "a"`},
		{"  tests: [{name: a, match: true, events: [{}], feeds: {tor: [x]}}]", `error 9:62 lynceus.tests: "x" is neither an address nor a block of them`},
	} {
		if got := outcome(Parse(Options{}, "t.yml", blockHead+c.in+"\n")); got != c.want {
			t.Errorf("%s\n   gave %s\n   want %s", c.in, got, c.want)
		}
	}
}

func TestBlockOfCorrelation(t *testing.T) {
	const correlation = "title: c\ncorrelation: {type: temporal, rules: [base_a, base_b], group-by: [src_endpoint.ip], timespan: 5m}\nlynceus:\n"
	for _, c := range []struct{ in, want string }{
		{"  absent: [base_b]", ""},
		{"  absent: [id-b]\n  new: {key: [src_endpoint.ip]}", ""},
		{"  target: [k8s.namespace]", `error 17:3 lynceus.target: the findings of a correlation are told apart by its group-by`},
		{"  absent: [other]", `error 17:12 lynceus.absent: "other" is none of the rules that the correlation joins`},
		{"  absent: [base_a, base_b]", `error 17:11 lynceus.absent: nothing is left that must have happened`},
		{"  new: {key: [api.operation]}", `error 17:15 lynceus.key: no field of the rule's table is called "api.operation"`},
		{"  severity: [{if: s, set: low}]", `error 17:19 lynceus.severity: a correlation has no single event to judge`},
		{"  tests: [{name: a, match: true, events: [{class: x}]}]", `error 17:51 lynceus.tests: there is no table "x"`},
		{"  tests: [{name: a, match: true, events: [{class: file, verb: get}]}]", `error 17:57 lynceus.tests: file has no field "verb"`},
		{"  tests: [{name: a, match: true, events: [{class: file, file.path: 1}]}]", `error 17:68 lynceus.tests: file.path is to be of type string, not "1"`},
		{"  tests: [{name: a, match: true, events: [{class: file, actor.process.ancestry.name: a}]}]", `error 17:86 lynceus.tests: actor.process.ancestry.name is to be of type []string, not "a"`},
	} {
		r := Parse(Options{}, "t.yml", baseRules+correlation+c.in+"\n")
		if c.want == "" {
			if got := byTitle(t, r, "c").Correlation.Absent; !reflect.DeepEqual(got, []string{"id-b"}) {
				t.Errorf("%s: Absent = %v", c.in, got)
			}
		} else if got := outcome(r); got != c.want {
			t.Errorf("%s\n   gave %s\n   want %s", c.in, got, c.want)
		}
	}
}

func TestBlockTests(t *testing.T) {
	r := one(t, blockHead+`
  tests:
    - name: a
      match: true
      severity: high
      feeds: {tor: [192.0.2.1, '2001:db8::/32']}
      history:
        - {_repeat: 3, verb: get}
      events:
        - {verb: get, user: {username: 'u{n}', uid: 1.50, groups: [a, null, true, 0x10, 2024-01-02]}}
        - {_at: 90s, _repeat: 2, auditID: 'id{n}', stage: Panic, level: Metadata, kind: Other, apiVersion: v1}
        - {stageTimestamp: x, requestReceivedTimestamp: y, auditID: z, verb: "<\x00é>"}
        - {}
`)
	test := r.Ext.Tests[0]
	if test.Name != "a" || !test.Match || test.Severity != rule.High || test.At.Line != 11 {
		t.Errorf("test = %+v", test)
	}
	if want := map[string][]string{"tor": {"192.0.2.1", "2001:db8::/32"}}; !reflect.DeepEqual(test.Feeds, want) {
		t.Errorf("Feeds = %v", test.Feeds)
	}
	common := `"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"ID","stage":"ResponseComplete",`
	times := func(at string) string {
		return `"requestReceivedTimestamp":"` + at + `","stageTimestamp":"` + at + `"`
	}
	wantEvents := []string{
		`{` + common + times("2026-01-15T10:00:00.000000Z") + `,"verb":"get","user":{"username":"u0","uid":1.50,"groups":["a",null,true,16,"2024-01-02"]}}`,
		`{` + times("2026-01-15T10:01:30.000000Z") + `,"auditID":"id0","stage":"Panic","level":"Metadata","kind":"Other","apiVersion":"v1"}`,
		`{` + times("2026-01-15T10:01:31.000000Z") + `,"auditID":"id1","stage":"Panic","level":"Metadata","kind":"Other","apiVersion":"v1"}`,
		`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","stage":"ResponseComplete","stageTimestamp":"x","requestReceivedTimestamp":"y","auditID":"z","verb":"<\u0000é>"}`,
		`{` + common + times("2026-01-15T10:01:33.000000Z") + `}`,
	}
	wantHistory := []string{
		`{` + common + times("2025-12-16T10:00:00.000000Z") + `,"verb":"get"}`,
		`{` + common + times("2025-12-26T10:00:00.000000Z") + `,"verb":"get"}`,
		`{` + common + times("2026-01-05T10:00:00.000000Z") + `,"verb":"get"}`,
	}
	ids := map[string]bool{}
	check := func(what string, got [][]byte, want []string) {
		if len(got) != len(want) {
			t.Errorf("%d %s, want %d", len(got), what, len(want))
			return
		}
		for i, g := range got {
			text := string(g)
			if strings.Contains(want[i], `"ID"`) {
				_, after, _ := strings.Cut(text, `"auditID":"`)
				id, _, _ := strings.Cut(after, `"`)
				if len(id) != 36 || ids[id] {
					t.Errorf("%s %d: audit ID %q", what, i, id)
				}
				ids[id] = true
				text = strings.Replace(text, id, "ID", 1)
			}
			if text != want[i] {
				t.Errorf("%s %d =\n%s\nwant\n%s", what, i, text, want[i])
			}
		}
	}
	check("events", test.Events, wantEvents)
	check("history", test.History, wantHistory)
}

// The events of a rule about another table than the audit log's are rows.
func TestBlockTestRows(t *testing.T) {
	r := one(t, `title: t
id: 6d3a9f0e-0000-4000-8000-000000000001
logsource: {product: linux, category: process_creation}
detection: {s: {Image: /x}, condition: s}
lynceus:
  tests:
    - name: a
      match: true
      events:
        - {_repeat: 2, process.file.path: '/bin/p{n}', process.pid: 7, process.ancestry.name: [a, b]}
        - {_at: 90s, class: file, activity: Open, file.open_write: true, metadata.uid: u}
`)
	var got []string
	for _, e := range r.Ext.Tests[0].Events {
		got = append(got, string(e))
	}
	want := []string{
		`{"class":"process","metadata.uid":"` + uidOf(got[0]) + `","time":"2026-01-15T10:00:00Z","activity":"Launch","process.file.path":"/bin/p0","process.pid":7,"process.ancestry.name":["a","b"]}`,
		`{"class":"process","metadata.uid":"` + uidOf(got[1]) + `","time":"2026-01-15T10:00:01Z","activity":"Launch","process.file.path":"/bin/p1","process.pid":7,"process.ancestry.name":["a","b"]}`,
		`{"class":"file","time":"2026-01-15T10:01:30Z","activity":"Open","file.open_write":true,"metadata.uid":"u"}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	if uidOf(got[0]) == uidOf(got[1]) {
		t.Error("two rows have one identity")
	}
}

// uidOf returns the identity that a row begins with, 32 digits.
func uidOf(row string) string {
	_, rest, _ := strings.Cut(row, `"metadata.uid":"`)
	return rest[:32]
}
