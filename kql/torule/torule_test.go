package torule_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/torule"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/sigma"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func draft(t *testing.T, query string) (*torule.Draft, error) {
	t.Helper()
	q, err := kql.Compile(query, kql.Options{Now: now})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return torule.Convert(q.Plan())
}

// rules writes a query as rules and reads them again.
func rules(t *testing.T, query string, cases ...torule.Case) (*torule.Draft, []*rule.Rule) {
	t.Helper()
	d, err := draft(t, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	text, err := d.Document(torule.Header{ID: "own_x", Title: "X", Severity: "medium", Author: "ann", Date: now, Query: query, Tags: []string{"attack.t1552.007"}}, cases...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	r := sigma.Parse(sigma.Options{}, "own_x.yml", text)
	if len(r.Errors)+len(r.Unsupported) > 0 {
		t.Fatalf("%s:\n%s\n%v %v", query, text, r.Errors, r.Unsupported)
	}
	return d, r.Rules
}

func TestConditions(t *testing.T) {
	for _, tt := range []struct{ where, want string }{
		{`resource.type == "secrets"`, `resource.type = "secrets" cased`},
		{`resource.type == "secrets" and api.operation in ("get", "list", "watch") and k8s.namespace == "payments"`, `resource.type = "secrets" cased and api.operation = any of ("get", "list", "watch") cased and k8s.namespace = "payments" cased`},
		{`k8s.namespace =~ "Payments" or (api.response.code >= 400 and not(api.response.code > 500))`, `k8s.namespace = "Payments" or api.response.code >= 400 and api.response.code <= 500`},
		{`actor.user.name !startswith "system:" and actor.user.name != "ann" and actor.user.name !in ("Bob", "eve")`, `not actor.user.name starts with "system:" and not actor.user.name = "ann" cased and not actor.user.name = any of ("Bob", "eve") cased`},
		{`actor.user.name != ""`, `actor.user.name matches /(?s)./`},
		{`isempty(resource.name) and isnotnull(api.response.code) and isnull(audit.request_object.spec)`, `(api.response.code exists and not raw.requestObject.spec exists) and not resource.name matches /(?s)./`},
		{`not(audit.exec.interactive) or audit.exec.interactive != true`, `audit.exec.interactive = "false" or not audit.exec.interactive = "true"`},
		{`audit.exec.interactive`, `audit.exec.interactive = "true"`},
		{`http_request.user_agent has "kubectl" and http_request.user_agent !contains_cs "K9s*"`, `http_request.user_agent matches /(?i)(?:^|[^\pL\p{Nd}])kubectl(?:[^\pL\p{Nd}]|$)/ and not http_request.user_agent contains "K9s*" cased`},
		{`set_has_element(actor.user.groups, "system:masters") and not(set_has_element(actor.user.groups, "a"))`, `(actor.user.groups = "system:masters" cased and actor.user.groups exists) and not actor.user.groups = "a" cased`},
		{`ipv4_is_in_range(src_endpoint.ip, "10.0.0.0/8") and not(ipv4_is_in_any_range(src_endpoint.ip, "10.1.0.0/16", "10.2.0.0/16"))`, `src_endpoint.ip in 10.0.0.0/8 and src_endpoint.ip in any of (0.0.0.0/0, ::/0) and not src_endpoint.ip in any of (10.1.0.0/16, 10.2.0.0/16)`},
		{`audit.request_object.spec.hostNetwork == true and tostring(audit.request_object.spec.serviceAccountName) contains "ad?"`, `raw.requestObject.spec.hostNetwork = "true" and raw.requestObject.spec.serviceAccountName contains "ad?"`},
		{`time > ago(1h) and resource.name matches regex "^a.*b$"`, `resource.name matches /^a.*b$/`},
		{`api.response.code between (400 .. 499) and api.response.code !between (401 .. 403)`, `(api.response.code >= 400 and api.response.code <= 499) and (api.response.code < 401 or api.response.code > 403)`},
		{`tolower(resource.name) == "x" and "a" == resource.name and 400 <= api.response.code`, `resource.name = "x" and resource.name = "a" cased and api.response.code >= 400`},
		{`not(resource.type == "a" and (resource.type == "b" or api.response.code < 3))`, `not resource.type = "a" cased or api.response.code >= 3 and not resource.type = "b" cased`},
		{`resource.name has_any ("a", "b-c")`, `resource.name matches any of (/(?i)(?:^|[^\pL\p{Nd}])a(?:[^\pL\p{Nd}]|$)/, /(?i)(?:^|[^\pL\p{Nd}])b-c(?:[^\pL\p{Nd}]|$)/)`},
		{`1 == 1 and (resource.name == "x" or true)`, `metadata.uid exists`},
	} {
		_, list := rules(t, "audit | where "+tt.where)
		if got := expr.Print(list[0].Expr); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.where, got, tt.want)
		}
	}
}

// What is new and what is many.
func TestGroups(t *testing.T) {
	d, list := rules(t, `audit
| where resource.type == "secrets" and k8s.namespace == "payments"
| summarize first = min(time), times = count() by actor.user.name
| where first > ago(1d)
| sort by first desc`)
	if r := list[0]; len(list) != 1 || r.Ext.New == nil || len(r.Ext.New.Key) != 1 || r.Ext.New.Key[0].Name() != "actor.user.name" || r.ID != "own_x" || r.Silent {
		t.Errorf("new: %+v %+v", list[0], list[0].Ext)
	}
	if len(d.Notes) != 1 || !strings.HasPrefix(d.Notes[0], "new is") {
		t.Errorf("notes %q", d.Notes)
	}

	d, list = rules(t, `audit | where api.response.code >= 400 | summarize n = count() by actor.user.name, bin(time, 5m) | where n > 10 and actor.user.name != "ann" and n < 100`)
	if len(list) != 2 || list[0].ID != "own_x_each" || !list[0].Silent || list[1].Correlation == nil {
		t.Fatalf("count: %d rules %+v", len(list), list)
	}
	k := list[1].Correlation
	if k.Type != rule.EventCount || k.Timespan != 5*time.Minute || len(k.GroupBy) != 1 || len(k.Conditions) != 2 || list[1].Silent || len(d.Notes) != 0 {
		t.Errorf("count: %+v, notes %q", k, d.Notes)
	}
	if got := expr.Print(list[0].Expr); got != `api.response.code >= 400 and not actor.user.name = "ann" cased` {
		t.Errorf("counted: %s", got)
	}

	d, list = rules(t, `audit | where api.operation == "get" | summarize what = dcount(resource.name) by actor.user.name | where what >= 20`)
	if k := list[1].Correlation; k.Type != rule.ValueCount || len(k.Field) != 1 || k.Field[0] != "resource.name" || k.Timespan != torule.DefaultSpan || len(d.Notes) != 1 {
		t.Errorf("values: %+v, notes %q", k, d.Notes)
	}

}

func TestNotes(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{`audit | where time > ago(7d) and resource.type == "secrets" | project time, actor.user.name | take 5`, "bound of the time|take is left out"},
		{`audit | where resource.type == "secrets" | summarize count() by actor.user.name`, "numbers of summarize"},
		{`audit | where resource.type == "secrets" | distinct actor.user.name`, ""},
		{`audit | where resource.type == "secrets" | count`, "numbers of summarize"},
		{`audit | extend who = actor.user.name | where who == "ann" | sort by who asc | render table`, ""},
		{`let w = "ann"; audit | where actor.user.name == strcat(w, "a")`, ""},
	} {
		d, list := rules(t, tt.query)
		if len(list) != 1 {
			t.Fatalf("%s: %d rules", tt.query, len(list))
		}
		var want []string
		if tt.want != "" {
			want = strings.Split(tt.want, "|")
		}
		if len(d.Notes) != len(want) {
			t.Errorf("%s: notes %q", tt.query, d.Notes)
			continue
		}
		for i, w := range want {
			if !strings.Contains(d.Notes[i], w) {
				t.Errorf("%s: note %q, want %q", tt.query, d.Notes[i], w)
			}
		}
	}
}

func TestProblems(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{`audit | join (audit) on metadata.uid`, "joins two tables"},
		{`union audit, process`, "several tables"},
		{`search "x"`, "several tables"},
		{`print 1`, "table of its own"},
		{`finding | where severity == "High"`, "no table of events"},
		{`audit | where strlen(resource.name) > 5`, "what is computed"},
		{`audit | where resource.name in ((process | project process.name))`, "another query"},
		{`audit | where hourofday(time) > 20`, "what is computed"},
		{`audit | where time > ago(1h) or resource.name == "x"`, "does not compare times"},
		{`audit | where resource.name == actor.user.name`, "computed of the event"},
		{`audit | where resource.name contains ""`, "looks for a text"},
		{`audit | where resource.name matches regex "a*"`, "fits an empty text"},
		{`audit | mv-expand actor.user.groups`, "lists"},
		{`audit | where false`, "never holds"},
		{`audit | summarize n = count() by strlen(resource.name) | where n > 4`, "groups events by fields"},
		{`audit | summarize n = avg(api.response.code) by resource.name | where n > 4`, "of groups a rule tests"},
		{`audit | summarize n = count(), m = dcount(resource.name) by actor.user.name | where n > 4 and m > 3`, "bounds one number"},
		{`audit | summarize n = count() by actor.user.name | summarize max(n)`, "groups already"},
		{`audit | where api.response.code == 1.5`, "whole numbers"},
	} {
		_, err := draft(t, tt.query)
		var p torule.Problems
		if !errors.As(err, &p) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.query, err, tt.want)
		}
	}
}

// A rule is written with its tests, and these with what JSON has.
func TestDocument(t *testing.T) {
	event := torule.Sample{Document: []byte(`{"verb":"get","n":12345678901234567890,"user":{"username":"true"},"list":["*",null,1.5,{"a\u0000":"line\nbreak"}]}`)}
	_, list := rules(t, `audit | where resource.type == "secrets" // it's "quoted"`,
		torule.Case{Name: "found", Match: true, Events: []torule.Sample{event}, History: []torule.Sample{{Document: []byte(`{"verb":"list"}`), Repeat: 20}}},
		torule.Case{Name: "not found", Events: []torule.Sample{event, event}})
	x := list[0].Ext.Tests
	if len(x) != 2 || len(x[0].History) != 20 || len(x[1].Events) != 2 || !x[0].Match || x[1].Match {
		t.Fatalf("tests %+v", x)
	}
	for _, part := range []string{`12345678901234567890`, `"username":"true"`, `["*",null,1.5,`, `line\nbreak`} {
		if !strings.Contains(string(x[0].Events[0]), part) {
			t.Errorf("the event %s has no %s", x[0].Events[0], part)
		}
	}
	d, err := draft(t, "audit | take 1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Document(torule.Header{ID: "x", Title: "X", Severity: "low"}, torule.Case{Events: []torule.Sample{{Document: []byte("[1]")}}}); err == nil {
		t.Error("an event that is no object is written")
	}
}

// No query makes a document that is no rule, whatever is in its texts.
func FuzzDocument(f *testing.F) {
	f.Add("payments", "a*b?\\", int64(3))
	f.Add("---\n- x: y", "%x% null ~ 0x1f", int64(-1))
	f.Fuzz(func(t *testing.T, a, b string, n int64) {
		quote := func(s string) string { return string(value.AppendQuoted(nil, strings.ToValidUTF8(s, "?"))) }
		text := "audit | where resource.name == " + quote(a) + " or not(actor.user.name contains " + quote(b) + ") and api.response.code < " + strconv.FormatInt(n, 10)
		q, err := kql.Compile(text, kql.Options{Now: now})
		if err != nil {
			return
		}
		d, err := torule.Convert(q.Plan())
		if err != nil {
			return
		}
		doc, err := d.Document(torule.Header{ID: "own_x", Title: a, Description: b, Severity: "low", Author: a, Date: now, Query: text})
		if err != nil || strings.TrimSpace(a) == "" {
			return
		}
		if r := sigma.Parse(sigma.Options{}, "x.yml", doc); len(r.Errors)+len(r.Unsupported) > 0 || len(r.Rules) != 1 {
			t.Errorf("%q\n%s\n%v %v", text, doc, r.Errors, r.Unsupported)
		}
	})
}
