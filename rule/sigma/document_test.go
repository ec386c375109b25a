package sigma

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Whole documents and what they become.
func TestDocuments(t *testing.T) {
	const (
		head = "title: t\nlogsource: {product: kubernetes, service: audit}\n"
		tail = "detection: {s: {verb: get}, condition: s}\n"
	)
	for _, c := range []struct{ name, in, want string }{
		{"custom members", head + tail + "x-own: 1\n", `api.operation = "get"`},
		{"two documents", head + tail + "---\n" + strings.Replace(head, ": t", ": u", 1) + tail, "api.operation = \"get\"\napi.operation = \"get\""},
		{"markers and comments", "# a\n---\n# b\n---\n" + head + tail + "...\n---\n", `api.operation = "get"`},
		{"marker with text", "--- {title: t, logsource: {product: kubernetes, service: audit}, detection: {s: {verb: get}, condition: s}}", `api.operation = "get"`},
		{"carriage returns", strings.ReplaceAll(head+tail+"---\n"+head+"level: none\n"+tail, "\n", "\r\n"), `error 7:8 level: severity "none" is none of informational, low, medium, high, critical`},
		{"condition list", head + "detection: {s: {verb: get}, t: {verb: list}, condition: [s, t]}\n", `api.operation = any of ("get", "list")`},
		{"unused selection", head + "detection: {s: {verb: get}, t: {verb: list}, condition: s}\n", `api.operation = "get"`},
		{"scalar selection", head + "detection: {s: word, condition: s}\n", `the event contains "word"`},
		{"empty file", "# nothing\n", "error 0:0 file: no document in it"},
		{"a list", "- a\n", "error 1:1 document: a rule is a map, not a list"},
		{"no kind", "title: t\n", "error 1:1 document: it has neither detection, correlation nor filter"},
		{"two kinds", head + tail + "filter: {}\n", "error 4:1 document: it is several things at once: filter beside another"},
		{"action", "action: global\ntitle: t\n", "unsupported 1:1 action: global: rule collections were removed from Sigma"},
		{"broken yaml", "title: [\n", "error 1:1 YAML: did not find expected node content"},
		{"broken yaml, next is read", "title: 'a\n---\n" + head + "level: x\n" + tail, "error 2:1 YAML: found unexpected end of stream\nerror 5:8 level: severity \"x\" is none of informational, low, medium, high, critical"},
		{"second document without marker", "title: t\n...\ntitle: u\n", "error 1:1 YAML: text follows the end of the document"},
		{"member twice", head + "title: u\n" + tail, `error 3:1 YAML: "title" stands twice in one map, first on line 1`},
		{"field twice", head + "detection:\n  s:\n    verb: get\n    verb: list\n  condition: s\n", `error 6:5 YAML: "verb" stands twice in one map, first on line 5`},
		{"merge key", "a: &a {b: c}\nd: {<<: *a}\n", "error 2:5 YAML: merge keys (<<) are no part of Sigma"},
		{"deep", strings.Repeat("[", 60) + strings.Repeat("]", 60), "error 1:51 YAML: nested more than 50 levels deep"},
		{"alias bomb", "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e]\n", "error 1:4 YAML: more than 200000 nodes, aliases written out"},
		{"alias of itself", "a: &a [*a]\n", "error 1:8 YAML: nested more than 50 levels deep"},
		{"no title", strings.Replace(head, "title: t\n", "", 1) + tail, "error 1:1 title: it is missing"},
		{"title is a list", strings.Replace(head, ": t", ": [t]", 1) + tail, "error 1:8 title: it must be text, not a list\nerror 1:1 title: it is missing"},
		{"status", head + "status: stabel\n" + tail, `error 3:9 status: "stabel" is none of stable, test, experimental, deprecated, unsupported`},
		{"status unsupported", head + "status: unsupported\n" + tail, "unsupported 3:1 status: its author marks it as unsupported"},
		{"taxonomy", head + "taxonomy: ecs\n" + tail, `unsupported 3:1 taxonomy: "ecs": field names are read in taxonomy sigma only`},
		{"no log source", "title: t\n" + tail, "error 1:1 logsource: it is missing"},
		{"empty log source", "title: t\nlogsource: {definition: x}\n" + tail, "error 2:1 logsource: it names neither product, category nor service"},
		{"unknown log source", "title: t\nlogsource: {product: windows, category: process_creation}\n" + tail, "unsupported 2:1 log source: log source category=process_creation product=windows: no table of Lynceus holds it"},
		{"unknown field", head + "detection: {s: {verbs: get}, condition: s}\n", "unsupported 3:17 field verbs: no field of table audit has this name"},
		{"no condition", head + "detection: {s: {verb: get}}\n", "error 3:12 condition: it is missing"},
		{"condition is a map", head + "detection: {s: {verb: get}, condition: {a: b}}\n", "error 3:40 condition: it must be text, not a map"},
		{"condition place", head + "detection:\n  s: {verb: get}\n  condition: s and nope\n", `error 5:20 condition: nothing here is called "nope"`},
		{"condition in a block", head + "detection:\n  s: {verb: get}\n  condition: |\n    s and\n    nope\n", `error 5:14 condition: nothing here is called "nope"`},
		{"timeframe", head + "detection: {s: {verb: get}, timeframe: 5m, condition: s}\n", "unsupported 3:29 timeframe: it belongs to aggregations, which were removed from Sigma"},
		{"empty selection", head + "detection: {s: {}, condition: s}\n", "error 3:16 detection: an empty map matches everything"},
		{"detection is a list", head + "detection: [a]\n", "error 3:12 detection: it must be a map, not a list"},
		{"broken selection only once", head + "detection: {s: {verb|x: get}, condition: s and not s}\n", `error 3:22 modifier: "x" is no modifier of Sigma 2.1`},
		{"huge condition", head + "detection:\n  s: {verb: [" + strings.Repeat("a,", 2000) + "b]}\n  condition: " + strings.Repeat("s or ", 100) + "s\n", "error 5:14 condition: written out it has more than 100000 predicates"},
		{"same id", head + "id: x\n" + tail + "---\n" + head + "id: x\n" + tail, `error 8:5 id: x is "t" of t.yml:1 too`},
		{"same name", head + "name: x\n" + tail + "---\n" + strings.Replace(head, ": t", ": u", 1) + "name: x\n" + tail, `error 8:7 name: x is "t" of t.yml:1 too`},
		{"same title, no id", head + tail + "---\n" + head + tail, `error 5:1 id: d4f67de7c7799311 is "t" of t.yml:1 too`},
		{"same id, one unsupported", head + "id: x\ntaxonomy: ecs\n" + tail + "---\n" + head + "id: x\n" + tail, `unsupported 4:1 taxonomy: "ecs": field names are read in taxonomy sigma only`},
	} {
		if got := outcome(Parse(Options{}, "t.yml", c.in)); got != c.want {
			t.Errorf("%s\n   gave %s\n   want %s", c.name, got, c.want)
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	var fields strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&fields, "nope%d: a\n", i)
	}
	r := Parse(Options{}, "t.yml", ruleText(fields.String()))
	if n := len(r.Unsupported); n != maxProblems+1 || r.Unsupported[n-1].Reason != "it has more problems like those above" {
		t.Errorf("%d problems, the last %q", n, r.Unsupported[n-1].Reason)
	}
}

func TestHeader(t *testing.T) {
	r := one(t, `
title: A title
id: 1-2
name: a_name
related:
  - {id: 3, type: similar}
status: test
description: |
  Two
  lines
license: Apache-2.0
references: [https://example.org]
author: me
date: 2026-01-02
modified: 2026/01/03
logsource:
  product: Kubernetes
  service: audit
  definition: any text
detection:
  s: {verb: get}
  condition: s
fields: [verb]
falsepositives: none known
level: high
tags: [attack.execution, attack.t1609]
scope: [server]
`)
	for _, c := range []struct{ what, got, want string }{
		{"title", r.Title, "A title"}, {"id", r.ID, "1-2"}, {"name", r.Name, "a_name"}, {"status", r.Status, "test"},
		{"description", r.Description, "Two\nlines"}, {"license", r.License, "Apache-2.0"}, {"references", strings.Join(r.References, " "), "https://example.org"},
		{"author", r.Author, "me"}, {"date", r.Date, "2026-01-02"}, {"modified", r.Modified, "2026/01/03"},
		{"log source", r.LogSource.String(), "product=kubernetes service=audit"}, {"vocabulary", r.Vocabulary, "audit"}, {"table", r.Table.String(), "audit"},
		{"fields", strings.Join(r.Fields, " "), "verb"}, {"falsepositives", strings.Join(r.FalsePositives, " "), "none known"},
		{"level", r.Severity.String(), "high"}, {"tags", strings.Join(r.Tags, " "), "attack.execution attack.t1609"},
		{"source", r.Source.String(), "t.yml:2"}, {"selection", expr.Print(r.Selections["s"]), `api.operation = "get"`},
	} {
		if c.got != c.want {
			t.Errorf("%s = %q, want %q", c.what, c.got, c.want)
		}
	}
}

func TestLogSources(t *testing.T) {
	for _, c := range []struct {
		category, product, service string
		table                      event.Class
		vocabulary                 string
	}{
		{"", "kubernetes", "audit", event.ClassAudit, "audit"},
		{"application", "kubernetes", "audit", event.ClassAudit, "audit"},
		{"", "kubernetes", "kubelet", event.ClassNone, ""},
		{"", "kubernetes", "", event.ClassNone, ""},
		{"process_creation", "linux", "", event.ClassProcess, "process_creation"},
		{"process_creation", "", "", event.ClassProcess, "process_creation"},
		{"process_creation", "windows", "", event.ClassNone, ""},
		{"process_creation", "macos", "", event.ClassNone, ""},
		{"process_creation", "linux", "auditd", event.ClassNone, ""},
		{"file_event", "linux", "", event.ClassFile, "file_event"},
		{"file_access", "linux", "", event.ClassFile, "file_event"},
		{"file_activity", "linux", "", event.ClassFile, "file_activity"},
		{"memory_activity", "linux", "", event.ClassMemory, "memory_activity"},
		{"network_connection", "linux", "", event.ClassNetwork, "network_connection"},
		{"dns_query", "linux", "", event.ClassDNS, "dns_query"},
		{"dns", "", "", event.ClassDNS, "dns"},
		{"firewall", "", "", event.ClassNetwork, "firewall"},
		{"network", "", "connection", event.ClassNetwork, "connection"},
		{"network", "", "dns", event.ClassDNS, "dns"},
		{"network", "", "", event.ClassNone, ""},
		{"proxy", "", "", event.ClassNone, ""},
		{"", "linux", "auditd", event.ClassNone, ""},
		{"", "linux", "", event.ClassNone, ""},
	} {
		l := rule.LogSource{Category: c.category, Product: c.product, Service: c.service}
		got, ok := findSource(l)
		if !ok {
			got = source{}
		}
		if got.table != c.table || got.vocabulary != c.vocabulary {
			t.Errorf("findSource(%s) = %s %q, want %s %q", l, got.table, got.vocabulary, c.table, c.vocabulary)
		}
	}
}

// Names of the log source, Lynceus' own and paths mean what they should.
func TestFields(t *testing.T) {
	for _, c := range []struct{ source, field, want string }{
		{"{product: kubernetes, service: audit}", "verb", "api.operation"},
		{"{product: kubernetes, service: audit}", "objectRef.resource", "resource.type"},
		{"{product: kubernetes, service: audit}", "responseStatus.code", "api.response.code"},
		{"{product: kubernetes, service: audit}", "annotations.authorization.k8s.io/decision", "audit.decision"},
		{"{product: kubernetes, service: audit}", "requestObject.spec.replicas", "raw.requestObject.spec.replicas"},
		{"{product: kubernetes, service: audit}", "raw.requestObject.spec.replicas", "raw.requestObject.spec.replicas"},
		{"{product: kubernetes, service: audit}", "audit.request_object.spec.replicas", "raw.requestObject.spec.replicas"},
		{"{product: kubernetes, service: audit}", "hostPath", "audit.pod.host_path"},
		{"{product: kubernetes, service: audit}", "capabilities", "audit.pod.capabilities"},
		{"{product: kubernetes, service: audit}", "actor.user.name", "actor.user.name"},
		{"{product: linux, category: process_creation}", "Image", "process.file.path"},
		{"{product: linux, category: process_creation}", "process.cmd_line", "process.cmd_line"},
		{"{product: linux, category: file_event}", "Image", "actor.process.file.path"},
		{"{product: linux, category: file_event}", "TargetFilename", "file.path"},
		{"{product: linux, category: network_connection}", "DestinationIp", "dst_endpoint.ip"},
		{"{category: dns}", "query", "query.hostname"},
		{"{category: network, service: dns}", "dns.question.name", "query.hostname"},
		{"{category: network, service: connection}", "source.ip", "src_endpoint.ip"},
		{"{category: firewall}", "dst_port", "dst_endpoint.port"},
	} {
		r := one(t, "title: t\nlogsource: "+c.source+"\ndetection: {s: {'"+c.field+"|exists': true}, condition: s}\n")
		if got := r.Selections["s"].(*expr.Pred).Field.Name(); got != c.want {
			t.Errorf("%s of %s = %s, want %s", c.field, c.source, got, c.want)
		}
		if ref, ok := r.Resolve(c.field); !ok || ref.Name() != c.want {
			t.Errorf("Resolve(%s) = %s, %v", c.field, ref.Name(), ok)
		}
	}
}

func TestProblemDetail(t *testing.T) {
	r := Parse(Options{}, "dir/t.yml", "title: t\nid: 7\nlogsource: {product: kubernetes, service: audit}\ndetection:\n\ts: {verb: get}\n  condition: s\n")
	if len(r.Errors) != 1 {
		t.Fatalf("%d errors", len(r.Errors))
	}
	r = Parse(Options{}, "dir/t.yml", "title: t\nid: 7\nlogsource: {product: kubernetes, service: audit}\ndetection:\n  s: {verb|contain: get}\n  condition: s\n")
	want := `dir/t.yml:5:12: rule "t": modifier: "contain" is no modifier of Sigma 2.1
    5 |   s: {verb|contain: get}
      |            ^
      = did you mean "contains"?`
	if got := r.Errors[0].Detail(); got != want {
		t.Errorf("Detail =\n%s\nwant\n%s", got, want)
	}
	if r.Errors[0].RuleID != "7" {
		t.Errorf("RuleID = %q", r.Errors[0].RuleID)
	}
}

// A log source may mean a part of a table only.
func TestLogSourceMeansActivities(t *testing.T) {
	row := func(c event.Class, activity string, write bool) *event.Event {
		e := &event.Event{}
		e.Reset(c)
		event.Activity.Set(e, activity)
		event.FileOpenWrite.Set(e, write)
		return e
	}
	for _, c := range []struct {
		category string
		row      *event.Event
		want     bool
	}{
		{"process_creation", row(event.ClassProcess, "Launch", false), true},
		{"process_creation", row(event.ClassProcess, "Running", false), true},
		{"process_creation", row(event.ClassProcess, "Terminate", false), false},
		{"process_activity", row(event.ClassProcess, "Terminate", false), true},
		{"file_event", row(event.ClassFile, "Create", true), true},
		{"file_event", row(event.ClassFile, "Create", false), false},
		{"file_event", row(event.ClassFile, "Open", false), false},
		{"file_event", row(event.ClassFile, "Open", true), true},
		{"file_event", row(event.ClassFile, "Delete", false), false},
		{"file_access", row(event.ClassFile, "Open", false), true},
		{"file_access", row(event.ClassFile, "Rename", false), false},
		{"file_delete", row(event.ClassFile, "Delete", false), true},
		{"network_connection", row(event.ClassNetwork, "Close", false), false},
		{"network_connection", row(event.ClassNetwork, "Accept", false), true},
	} {
		r := one(t, "title: t\nlogsource: {product: linux, category: "+c.category+"}\ndetection: {s: {activity|exists: true}, condition: s}\n")
		program, err := expr.NewProgram([]expr.Node{r.Expr}, expr.Options{})
		if err != nil {
			t.Fatal(err)
		}
		subject := program.NewSubject()
		subject.Load(c.row)
		if got := program.Eval(subject, 0); got != c.want {
			t.Errorf("%s matches %q: %v", c.category, event.Activity.Get(c.row), got)
		}
	}
}
