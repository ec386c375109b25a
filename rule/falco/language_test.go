package falco

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
)

// languageCase is a row of tests.jsonl: rule files, and what Falco does with
// them.
type languageCase struct {
	ID           string
	Rules        []string
	Capture      string
	EnabledTags  []string `json:"enabled_tags"`
	DisabledTags []string `json:"disabled_tags"`
	Expected     struct {
		Errors, Warnings  []loadProblem
		LoadOK            bool           `json:"load_ok"`
		Total             *int           `json:"total"`
		AnyDetection      bool           `json:"any_detection"`
		RuleCounts        map[string]int `json:"rule_counts"`
		PrioritiesPresent []string       `json:"priorities_present"`
		PrioritiesAbsent  []string       `json:"priorities_absent"`
	}
}

type loadProblem struct{ Code, ItemType, ItemName string }

func (p loadProblem) in(list []*rule.Problem) bool {
	return slices.ContainsFunc(list, func(q *rule.Problem) bool {
		return q.Code == p.Code && (q.Kind == p.ItemType || q.Kind == "rule" && p.ItemType == "rule") && q.Title == p.ItemName
	})
}

// Falco's own tests of its rule language give the same results: the same
// items are refused for the same reasons, and the same rules match.
func TestLanguage(t *testing.T) {
	dir := require.Corpora(t)
	for _, name := range []string{"falco-language/tests.jsonl"} {
		for _, line := range lines(t, filepath.Join(dir, name)) {
			var c languageCase
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatal(err)
			}
			t.Run(c.ID[strings.LastIndexByte(c.ID, '_')+1:], func(t *testing.T) { c.run(t, dir) })
		}
	}
}

func (c *languageCase) run(t *testing.T, dir string) {
	if strings.Contains(c.ID, "MonitorSyscallDrops") {
		t.Skip("it is about the settings of Falco's daemon")
	}
	r := ParseFiles(ruleFiles(t, dir, c.Rules)...)
	if ok := len(r.Errors) == 0; ok != c.Expected.LoadOK {
		t.Errorf("loaded without errors: %v, want %v: %v", ok, c.Expected.LoadOK, r.Errors)
	}
	for _, p := range c.Expected.Errors {
		if !p.in(r.Errors) {
			t.Errorf("errors %v, want one like %v", r.Errors, p)
		}
	}
	for _, p := range c.Expected.Warnings {
		if !p.in(r.Warnings) && !p.in(r.Unsupported) {
			t.Errorf("warnings %v, want one like %v", r.Warnings, p)
		}
	}
	if !c.Expected.LoadOK || c.Capture == "" {
		return
	}
	if strings.HasPrefix(c.Capture, "MISSING") {
		t.Skip("the recording is not among the corpora")
	}
	c.judge(t, r, captured(t, filepath.Join(dir, c.Capture)))
}

func (c *languageCase) judge(t *testing.T, r *Result, events []*event.Event) {
	counts, priorities, total := map[string]int{}, map[string]bool{}, 0
	for _, m := range r.Rules {
		if !c.on(m) {
			continue
		}
		n := matches(t, m, events)
		counts[m.Title] += n
		if total += n; n > 0 {
			priorities[strings.ToUpper(m.Priority)] = true
		}
	}
	if c.Expected.Total != nil && total != *c.Expected.Total {
		t.Errorf("%d matches, want %d: %v", total, *c.Expected.Total, counts)
	}
	if c.Expected.AnyDetection && total == 0 {
		t.Error("no match")
	}
	for name, want := range c.Expected.RuleCounts {
		if counts[name] != want {
			t.Errorf("%s matches %d times, want %d", name, counts[name], want)
		}
	}
	for _, p := range c.Expected.PrioritiesPresent {
		if p = strings.Replace(p, "INFO", "INFORMATIONAL", 1); !priorities[p] {
			t.Errorf("no match of priority %s: %v", p, counts)
		}
	}
	for _, p := range c.Expected.PrioritiesAbsent {
		if p = strings.Replace(p, "INFO", "INFORMATIONAL", 1); priorities[p] {
			t.Errorf("a match of priority %s: %v", p, counts)
		}
	}
}

// on reports whether the case runs a rule, by its tags.
func (c *languageCase) on(m *rule.Rule) bool {
	has := func(list []string) bool {
		for _, one := range list {
			for _, tag := range strings.Split(one, ",") {
				if slices.Contains(m.Tags, strings.Trim(tag, `" `)) {
					return true
				}
			}
		}
		return false
	}
	return !m.Disabled && (len(c.EnabledTags) == 0 || has(c.EnabledTags)) && !has(c.DisabledTags)
}

func matches(t *testing.T, m *rule.Rule, events []*event.Event) int {
	t.Helper()
	p, err := expr.NewProgram([]expr.Node{m.Expr}, expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, n := p.NewSubject(), 0
	for _, e := range events {
		if e.Class != m.Table {
			continue
		}
		if s.Load(e); p.Eval(s, 0) {
			n++
		}
	}
	return n
}

func ruleFiles(t *testing.T, dir string, names []string) []files.File {
	t.Helper()
	var out []files.File
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, files.File{Name: name, Text: string(b)})
	}
	return out
}

func lines(t *testing.T, name string) [][]byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out [][]byte
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<22)
	for s.Scan() {
		out = append(out, slices.Clone(s.Bytes()))
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// captured returns the events of a recording that Falco wrote by its own
// names of fields, as the sensor would write them.
func captured(t *testing.T, name string) []*event.Event {
	t.Helper()
	var out []*event.Event
	for _, line := range lines(t, name) {
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatal(err)
		}
		if fields["evt.dir"] != ">" {
			out = append(out, eventOf(fields))
		}
	}
	return out
}

func eventOf(fields map[string]any) *event.Event {
	e := &event.Event{Class: event.ClassKernel}
	if effect, ok := effects[fmt.Sprint(fields["evt.type"])]; ok {
		e.Class = effect.class
	}
	var arguments []string
	for name, v := range fields {
		text := fmt.Sprint(v)
		if n, ok := v.(float64); ok {
			text = fmt.Sprintf("%.0f", n)
		}
		if arg, ok := strings.CutPrefix(name, "evt.arg."); ok {
			arguments = append(arguments, arg+"="+text)
			continue
		}
		r, known := findRow(sourceSyscall, name)
		if known != fieldKnown || r.kind == kindFixed || r.end != endNone {
			continue
		}
		for theirs := range r.words {
			if theirs == text {
				text = r.words[text]
				break
			}
		}
		for _, p := range r.in(e.Class, &operand{}).places {
			if p.term == nil || p.term.Fn != expr.FnFirst {
				setField(e, p.ref, text)
			}
		}
	}
	event.SyscallArguments.Set(e, arguments)
	return e
}

func setField(e *event.Event, ref event.Ref, text string) {
	switch f := event.Lookup(ref.Field); f.Type {
	case event.TypeInt:
		var n int64
		if _, err := fmt.Sscan(text, &n); err == nil {
			e.SetNumber(f.ID, n)
		}
	case event.TypeBool:
		e.SetNumber(f.ID, map[string]int64{"true": 1}[text])
	case event.TypeString, event.TypeIP:
		e.SetText(f.ID, text)
	}
}
