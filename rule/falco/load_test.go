package falco

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
)

func parse(text string) *Result {
	return ParseFiles(files.File{Name: "r.yaml", Text: text})
}

// base is a rule and what it needs, for others to change.
const base = `
- list: shells
  items: [sh, bash]
- macro: spawned
  condition: (evt.type in (execve))
- rule: Shell
  desc: a shell
  condition: spawned and proc.name in (shells)
  output: shell (user=%user.name cmd=%proc.cmdline)
  priority: notice
  tags: [container, mitre_execution, T1059]
`

func process(name, parent string) *event.Event {
	return eventOf(map[string]any{"evt.type": "execve", "proc.name": name, "proc.pname": parent})
}

// Later items change earlier ones.
func TestOverrides(t *testing.T) {
	for _, c := range []struct {
		name, more string
		yes, no    string // names of processes that match and do not
		check      func(r *rule.Rule) bool
	}{
		{"nothing", "", "sh", "cat", func(r *rule.Rule) bool { return r.Severity == rule.Low && r.Priority == "Notice" }},
		{"list appended", "- list: shells\n  items: [zsh]\n  override: {items: append}", "zsh", "cat", nil},
		{"list appended, the old way", "- list: shells\n  append: true\n  items: [zsh]", "sh", "cat", nil},
		{"list replaced", "- list: shells\n  items: [zsh]\n  override: {items: replace}", "zsh", "sh", nil},
		{"list defined anew", "- list: shells\n  items: [zsh]", "zsh", "sh", nil},
		{"list in a list", "- list: more\n  items: [shells, zsh]\n- rule: Shell\n  condition: and proc.name in (more)\n  override: {condition: append}", "bash", "zsh", nil},
		{"macro appended", "- macro: spawned\n  condition: and proc.pname = cron\n  override: {condition: append}", "sh", "", func(r *rule.Rule) bool { return true }},
		{"condition replaced", "- rule: Shell\n  condition: spawned and proc.name = cat\n  override: {condition: replace}", "cat", "sh", nil},
		{"condition appended", "- rule: Shell\n  condition: or (spawned and proc.name = cat)\n  override: {condition: append}", "cat", "dog", nil},
		{"disabled", "- rule: Shell\n  enabled: false\n  override: {enabled: replace}", "", "", func(r *rule.Rule) bool { return r.Disabled }},
		{"disabled, the old way", "- rule: Shell\n  enabled: false", "", "", func(r *rule.Rule) bool { return r.Disabled }},
		{"output and tags", "- rule: Shell\n  output: \"pid=%proc.pid\"\n  tags: [extra]\n  priority: critical\n  override: {output: append, tags: append, priority: replace}", "", "", func(r *rule.Rule) bool {
			return slices.Equal(r.Fields, []string{"user.name", "proc.cmdline", "proc.pid"}) && slices.Contains(r.Tags, "extra") && slices.Contains(r.Tags, "attack.t1059") && r.Severity == rule.Critical
		}},
		{"exception", "- rule: Shell\n  exceptions: [{name: x, fields: [proc.name, proc.pname], values: [[sh, cron], [bash, [a, b]]], comps: [=, in]}]\n  override: {exceptions: append}", "bash", "sh", nil},
		{"exception of one field", "- rule: Shell\n  exceptions: [{name: x, fields: proc.name, values: [sh, 'b c']}]\n  override: {exceptions: append}", "bash", "sh", nil},
		{"exception with a list", "- list: ok\n  items: [sh]\n- rule: Shell\n  exceptions: [{name: x, fields: [proc.name], comps: [in], values: [[[ok]]]}]\n  override: {exceptions: append}", "bash", "sh", nil},
		{"exception with pmatch", "- rule: Shell\n  exceptions: [{name: x, fields: [proc.name, proc.pname], comps: [startswith, pmatch], values: [[s, [cron]]]}]\n  override: {exceptions: append}", "bash", "sh", nil},
	} {
		r := parse(base + c.more)
		if len(r.Errors)+len(r.Unsupported) > 0 || len(r.Rules) != 1 {
			t.Errorf("%s: errors %v, %d rules", c.name, r.Errors, len(r.Rules))
			continue
		}
		if c.check != nil && !c.check(r.Rules[0]) {
			t.Errorf("%s: %+v", c.name, r.Rules[0])
		}
		if c.yes != "" && !matchesAny(t, r.Rules, process(c.yes, "cron")) {
			t.Errorf("%s: %s does not match", c.name, c.yes)
		}
		if c.no != "" && matchesAny(t, r.Rules, process(c.no, "cron")) {
			t.Errorf("%s: %s matches", c.name, c.no)
		}
	}
}

// What is broken is told with Falco's code, with what it is about, and where.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a: [", `LOAD_ERR_YAML_PARSE r.yaml:1:1`},
		{"a: b", `LOAD_ERR_YAML_VALIDATE r.yaml:1:1`},
		{"- a: b", ""},
		{"- list: x", `LOAD_ERR_YAML_VALIDATE r.yaml:1:3: list "x": items: it is missing`},
		{"- list: x\n  items: y", `LOAD_ERR_YAML_VALIDATE r.yaml:2:10: list "x": items: it must be a list, not text`},
		{"- list: x\n  items: [a]\n  append: true", `LOAD_ERR_VALIDATE r.yaml:1:3: list "x": append: there is no earlier list`},
		{"- macro: x", `LOAD_ERR_YAML_VALIDATE r.yaml:1:3: macro "x": condition: it is missing`},
		{"- macro: x\n  condition: y", `LOAD_ERR_VALIDATE r.yaml:2:14: macro "x": condition: Undefined macro 'y'`},
		{"- macro: x\n  condition: proc.name=", `LOAD_ERR_COMPILE_CONDITION r.yaml:2:14: macro "x": condition: the end where a value is expected`},
		{"- macro: y\n  condition: x\n- macro: x\n  condition: evt.type=open", `LOAD_ERR_VALIDATE r.yaml:2:14: macro "y": condition: Undefined macro 'x'`},
		{"- macro: x\n  condition: evt.type=open\n- macro: y\n  condition: x\n- macro: x\n  condition: y\n" + ruleWith(sourceSyscall, "x"), `LOAD_ERR_VALIDATE r.yaml:4:14: rule "r": condition: the macro x refers to itself`},
		{ruleWith(sourceSyscall, "proc.nam = x"), `LOAD_ERR_COMPILE_CONDITION r.yaml:7:5: rule "r": condition: there is no field proc.nam`},
		{ruleWith(sourceSyscall, "ka.verb = x"), `LOAD_ERR_COMPILE_CONDITION`},
		{ruleWith(sourceSyscall, "evt.type = opne"), `LOAD_ERR_COMPILE_CONDITION r.yaml:7:5: rule "r": condition: there is no type of event "opne"`},
		{ruleWith(sourceSyscall, "proc.pid = x"), `LOAD_ERR_COMPILE_CONDITION r.yaml:7:5: rule "r": condition: "x" is not a number, and proc.pid is one`},
		{ruleWith(sourceSyscall, "proc.name regex '('"), `LOAD_ERR_COMPILE_CONDITION`},
		{ruleWith(sourceSyscall, "proc.name[1] = a"), `LOAD_ERR_COMPILE_CONDITION r.yaml:7:5: rule "r": condition: proc.name: it has no argument in brackets`},
		{ruleWith(sourceAudit, "jevt.value = a"), `LOAD_ERR_COMPILE_CONDITION r.yaml:7:5: rule "r": condition: jevt.value: it needs an argument in brackets`},
		{strings.Replace(ruleWith(sourceSyscall, "evt.type=open"), "output: o", "output: 100% of %proc.nam", 1), `LOAD_ERR_COMPILE_OUTPUT r.yaml:3:14: rule "r": output: "%" is no field of events of syscall`},
		{strings.Replace(ruleWith(sourceSyscall, "evt.type=open"), "INFO", "URGENT", 1), `LOAD_ERR_YAML_VALIDATE r.yaml:4:13: rule "r": priority: "URGENT" is no priority`},
		{strings.Replace(ruleWith(sourceSyscall, "evt.type=open"), "desc: d", "enabled: perhaps\n  desc: d", 1), `LOAD_ERR_YAML_VALIDATE`},
		{"- rule: r\n  append: true\n  condition: a", `LOAD_ERR_VALIDATE r.yaml:1:3: rule "r": append: there is no earlier rule of this name to append to`},
		{base + "- rule: Shell\n  append: true", `LOAD_ERR_VALIDATE`},
		{base + "- rule: Shell\n  append: true\n  condition: and x\n  override: {condition: append}", `LOAD_ERR_YAML_VALIDATE`},
		{base + "- rule: Shell\n  priority: INFO\n  override: {priority: append}", `LOAD_ERR_YAML_VALIDATE r.yaml:14:14: rule "Shell": override: priority cannot be appended to`},
		{base + "- rule: Shell\n  desc: x\n  condition: y\n  override: {condition: replace}", `LOAD_ERR_YAML_VALIDATE r.yaml:13:3: rule "Shell": override: override does not say what to do with desc`},
		{base + "- rule: Shell\n  override: {condition: replace}", `LOAD_ERR_YAML_VALIDATE`},
		{base + strings.Replace(ruleWith(sourceAudit, "ka.verb=get"), "rule: r", "rule: Shell", 1), `LOAD_ERR_VALIDATE r.yaml:12:3: rule "Shell": source: an earlier rule of this name is of source syscall`},
		{base + "- rule: Shell\n  exceptions: [{name: x, values: [[a]]}]\n  override: {exceptions: append}", `LOAD_ERR_VALIDATE r.yaml:13:16: exception "x": fields`},
		{base + "- rule: Shell\n  exceptions: [{name: x, fields: [proc.name, proc.pname], values: [[a]]}]\n  override: {exceptions: append}", `LOAD_ERR_VALIDATE r.yaml:13:68: exception "x": values: fields and values have not the same number`},
		{base + "- rule: Shell\n  exceptions: [{name: x, fields: proc.name, comps: '=', values: [a]}]\n  override: {exceptions: append}", `LOAD_ERR_VALIDATE r.yaml:13:16: exception "x": comps: with one field`},
		{base + "- rule: Shell\n  exceptions: [{name: x, fields: [proc.nam], values: [[a]]}]\n  override: {exceptions: append}", `LOAD_ERR_VALIDATE r.yaml:13:16: exception "x": fields: 'proc.nam' is no field`},
		{"- required_engine_version: 99", `LOAD_ERR_VALIDATE r.yaml:1:28: version: the rules are for version 0.99.0`},
		{"- required_engine_version: 0.57.0\n- required_engine_version: 15", ``},
		{"- required_engine_version: x.y", `LOAD_ERR_YAML_VALIDATE`},
		{"- required_plugin_versions: [{name: json, version: 1.2}]", `LOAD_ERR_VALIDATE`},
		{"- required_plugin_versions: [{name: json, version: 1.2.3, alternatives: [{name: json, version: 1.0.0}]}]", `LOAD_ERR_VALIDATE`},
	} {
		r := parse(c.text)
		got := ""
		if len(r.Errors) > 0 {
			got = r.Errors[0].Code + " " + r.Errors[0].Error()
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// What Falco has and Lynceus has not is named, and the rule is kept aside.
func TestUnsupported(t *testing.T) {
	for condition, want := range map[string]string{
		"evt.type=open and proc.vmsize > 5":                "field proc.vmsize",
		"evt.type=container":                               "event type container",
		"evt.type=open and fd.name glob val(proc.name)":    "operator glob between fields",
		"evt.type=open and tolower(evt.source) = x":        "tolower of evt.source",
		"evt.type=open and user.shell exists and fd.ino=5": "field user.shell",
	} {
		r := parse(ruleWith(sourceSyscall, condition))
		if len(r.Errors) > 0 || len(r.Unsupported) == 0 || r.Unsupported[0].Feature != want || len(r.Rules) != 0 || len(r.Compiled) == 0 {
			t.Errorf("%s: errors %v, unsupported %v", condition, r.Errors, r.Unsupported)
		}
	}
	r := parse(strings.Replace(ruleWith(sourceSyscall, "proc.nam=x"), "desc: d", "skip-if-unknown-filter: true\n  desc: d", 1))
	if len(r.Errors) > 0 || len(r.Rules) > 0 || len(r.Warnings) != 1 || r.Warnings[0].Code != codeUnknownFilter {
		t.Errorf("errors %v, warnings %v, %d rules", r.Errors, r.Warnings, len(r.Rules))
	}
}

// Falco's stock rules load as they are; what cannot be run is named.
func TestStockRules(t *testing.T) {
	dir := filepath.Join(require.Corpora(t), "falco-rules")
	for _, c := range []struct {
		files       []string
		items, runs int // runs: at least so many
	}{
		{[]string{"falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"}, 93, 86},
		{[]string{"k8s_audit_rules.yaml", "k8s_audit_rules_gke.yaml"}, 48, 48}, // the second changes one of the first
	} {
		r := ParseFiles(ruleFiles(t, dir, c.files)...)
		for _, p := range r.Errors {
			t.Error(p)
		}
		runs := map[string]bool{}
		for _, m := range r.Rules {
			runs[m.ID] = true
		}
		lacking := map[string]bool{}
		for _, p := range r.Unsupported {
			if p.Feature == "" || p.Title == "" || p.Line == 0 {
				t.Errorf("a problem without a feature, a rule or a place: %v", p)
			}
			lacking[p.Title] = true
		}
		if r.Items != c.items || len(runs) < c.runs || len(runs)+len(lacking) != c.items {
			t.Errorf("%v: %d rules, want %d; %d run, want at least %d; %d not", c.files, r.Items, c.items, len(runs), c.runs, len(lacking))
		}
	}
}

func TestIs(t *testing.T) {
	for text, want := range map[string]bool{
		base: true, "# x\n\n-   rule: a\n": true, "- required_engine_version: 1": true, "---\n- rule: a": true, "--- # x\n%x\n  - foo": true, "[]": true,
		"-\n  rule: a": true, "- {list: a, items: [b]}": true,
		"": false, "# - rule: a": false, "title: x\ndetection:\n  - rule: a": false, "correlation:\n  rules:\n    - rule_a\n": false, "-1": false,
	} {
		if Is(text) != want {
			t.Errorf("Is(%q) = %v", text, !want)
		}
	}
}

func FuzzParseFiles(f *testing.F) {
	f.Add(base)
	f.Add(base + "- rule: Shell\n  exceptions: [{name: x, fields: [proc.name, proc.pname], values: [[sh, cron], [bash, [a, b]]], comps: [=, in]}]\n  override: {exceptions: append}")
	f.Add(ruleWith(sourceAudit, "ka.user.groups in (a) and tolower(jevt.value[/a/0]) glob '[a-b]?'"))
	f.Add("- macro: a\n  condition: &x evt.type=open\n- macro: b\n  condition: *x\n")
	f.Fuzz(func(t *testing.T, text string) {
		r := parse(text)
		for _, list := range [][]*rule.Problem{r.Errors, r.Unsupported, r.Warnings} {
			for _, p := range list {
				_ = p.Detail()
			}
		}
		for _, m := range r.Rules {
			matches(t, m, nil)
		}
	})
}
