//go:build cgo

package cli

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/api/local"
)

// A rule that is switched off in a running server finds nothing from then on,
// says so, and finds again when it is on; other rules do not notice.
func TestRulesOffAndOn(t *testing.T) {
	const name = "command_in_container"
	day := demoLog(t)
	first, rest := cut(day, 0.69)
	r := runUp(t, nil)
	if errs := r.fails("rules", "off", name); !strings.Contains(errs, "give --reason") {
		t.Errorf("without a reason: %s", errs)
	}
	if errs := r.fails("rules", "off", "no_such_rule", "--reason", "x"); !strings.Contains(errs, "no rule has the id or name") {
		t.Errorf("an unknown rule: %s", errs)
	}
	if errs := r.fails("rules", "on", name); !strings.Contains(errs, "the rule is on") {
		t.Errorf("on what is on: %s", errs)
	}
	r.do("rules", "off", name, "--reason", "a drill", "--for", "8h")
	if out := r.do("rules", "list"); strings.Count(out, "OFF for all clusters until 2026-11-19") != 1 {
		t.Errorf("list: %s", out)
	}
	if problems := r.problems(); !strings.Contains(problems, "is off until") || !strings.Contains(problems, "a drill") {
		t.Errorf("status: %s", problems)
	}

	id := r.ruleID(name)
	found := func(rule string) string {
		return "finding | where finding_info.analytic.uid " + rule + " '" + id + "' | summarize n=count()"
	}
	r.append(first)
	r.gravest()
	if out := r.do("query", found("=="), "-o", "json"); !strings.Contains(out, `"n":0`) {
		t.Errorf("found while it was off: %s", out)
	}
	if out := r.do("query", found("!="), "-o", "json"); strings.Contains(out, `"n":0`) {
		t.Errorf("the others found nothing: %s", out)
	}

	r.stop()
	r.start() // it stays off, and the past is judged again as it was
	if out := r.do("rules", "list"); !strings.Contains(out, "OFF") {
		t.Errorf("after a restart: %s", out)
	}
	r.do("rules", "on", name)
	if out := r.do("rules", "list"); strings.Contains(out, "OFF") {
		t.Errorf("switched on: %s", out)
	}
	if out := r.do("rules", "history", name); !strings.Contains(out, "off by local") || !strings.Contains(out, "on by local") {
		t.Errorf("history: %s", out)
	}
	r.append(rest)
	r.eventually(`"n":`, "query", found("==")+" | where n > 0", "-o", "json")
	r.eventually("switch_rule_off", "query", "selfaudit | where action == 'switch_rule_off' and message has 'a drill'", "-o", "json")
}

// problems are those of the server's status.
func (r *running) problems() string {
	r.t.Helper()
	var out struct{ Problems []string }
	r.ask("/api/v1/status", &out)
	return strings.Join(out.Problems, "\n")
}

func (r *running) ruleID(name string) string {
	r.t.Helper()
	var out struct{ ID string }
	r.ask("/api/v1/rules/"+name, &out)
	return out.ID
}

// ask gets a document of the API.
func (r *running) ask(path string, out any) {
	r.t.Helper()
	note, token, err := local.Read(r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := client.New(client.Options{Server: note.Address, Token: token})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := c.Do(r.t.Context(), http.MethodGet, path, nil, nil, out); err != nil {
		r.t.Fatal(err)
	}
}
