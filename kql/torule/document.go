package torule

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/event"
)

// Header is what a query does not say of a rule.
type Header struct {
	// ID is the rule's id and name.
	ID          string
	Title       string
	Description string
	Author      string
	Severity    string // informational, low, medium, high or critical
	Tags        []string
	Date        time.Time
	// Query is the text that the rule was made of, which stands in a comment.
	Query string
}

// Case is a test of the rule: events that it must find, or must not.
type Case struct {
	Name  string
	Match bool
	// History are events that were seen before, Repeat times each.
	History []Sample
	Events  []Sample
}

// Sample is an event as tests have it (docs/lynceus-block.md): a JSON object.
type Sample struct {
	Document []byte
	Repeat   int // more than 1 for so many of it
}

// sources are the log sources of tables, by which rules name them.
var sources = map[event.Class][2]string{
	event.ClassAudit:   {"product", "kubernetes"},
	event.ClassProcess: {"category", "process_activity"}, event.ClassFile: {"category", "file_activity"},
	event.ClassNetwork: {"category", "network_activity"}, event.ClassDNS: {"category", "dns_activity"},
	event.ClassKernel: {"category", "kernel_activity"}, event.ClassModule: {"category", "module_activity"}, event.ClassMemory: {"category", "memory_activity"},
	event.ClassAlert: {"category", "alert"}, event.ClassLog: {"category", "log"}, event.ClassSpan: {"category", "span"},
	event.ClassK8sEvent: {"category", "k8s_event"},
}

// eachSuffix ends the name of the rule whose matches a rule counts.
const eachSuffix = "_each"

// Document writes the rule: one Sigma document, or two where it counts. The
// error is about a case that is no JSON.
func (d *Draft) Document(h Header, cases ...Case) (string, error) {
	tests, err := encodeCases(cases)
	if err != nil {
		return "", err
	}
	rule := &object{}
	rule.head(h)
	if d.Count == nil {
		d.detect(rule)
		rule.put("level", h.Severity)
		if len(d.Fields) > 0 {
			rule.put("fields", d.Fields)
		}
		d.block(rule, tests, false)
		return write(h.Query, rule)
	}
	count := map[string]any{"type": "event_count", "rules": []string{h.ID + eachSuffix}, "timespan": sigmaSpan(d.Count.Span), "condition": d.limits()}
	if d.Count.Of != "" {
		count["type"] = "value_count"
	}
	if len(d.Count.By) > 0 {
		count["group-by"] = d.Count.By
	}
	rule.put("correlation", count)
	rule.put("level", h.Severity)
	d.block(rule, tests, false)
	each := &object{}
	h.ID, h.Title, h.Tags = h.ID+eachSuffix, h.Title+" (each event, for counting)", nil
	each.head(h)
	d.detect(each)
	each.put("level", "informational")
	d.block(each, nil, true)
	return write(h.Query, each, rule)
}

func (d *Draft) limits() map[string]any {
	out := map[string]any{}
	for _, l := range d.Count.Limits {
		out[l.Op] = l.N
	}
	if d.Count.Of != "" {
		out["field"] = d.Count.Of
	}
	return out
}

// detect writes the log source and the condition.
func (d *Draft) detect(to *object) {
	s := sources[d.Table]
	source := &object{}
	source.put(s[0], s[1])
	if d.Table == event.ClassAudit {
		source.put("service", "audit")
	}
	to.put("logsource", source.node())
	var found detection
	condition := d.Cond
	if condition == nil {
		condition = &Cond{Kind: Test, Key: "metadata.uid|exists", Values: []any{true}}
	}
	line := found.write(condition, "selection", Test)
	found.selections = append(found.selections, scalar("condition"), scalar(line))
	to.put("detection", &yaml.Node{Kind: yaml.MappingNode, Content: found.selections})
}

// block writes the lynceus block.
func (d *Draft) block(to *object, tests *yaml.Node, silent bool) {
	b := &object{}
	if silent {
		b.put("silent", true)
	}
	if len(d.New) > 0 {
		b.put("actor", d.New)
		b.put("new", map[string]any{"key": d.New})
	}
	if tests != nil {
		b.put("tests", tests)
	}
	if len(b.content) > 0 {
		to.put("lynceus", b.node())
	}
}

// object is a mapping whose members keep their order.
type object struct{ content []*yaml.Node }

func (o *object) put(key string, v any) {
	n, ok := v.(*yaml.Node)
	if !ok {
		n = scalar(v)
	}
	o.content = append(o.content, scalar(key), n)
}

func (o *object) node() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Content: o.content} }

func (o *object) head(h Header) {
	o.put("title", h.Title)
	o.put("id", h.ID)
	o.put("name", h.ID)
	o.put("status", "experimental")
	if h.Description != "" {
		o.put("description", h.Description)
	}
	o.put("author", h.Author)
	o.put("date", h.Date.UTC().Format(time.DateOnly))
	if len(h.Tags) > 0 {
		o.put("tags", h.Tags)
	}
}

// sigmaSpan writes a time as Sigma has it: a whole number and a unit.
func sigmaSpan(d time.Duration) string {
	for _, u := range [...]struct {
		name string
		of   time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		if d%u.of == 0 {
			return fmt.Sprintf("%d%s", d/u.of, u.name)
		}
	}
	return fmt.Sprintf("%ds", max(1, (d+time.Second-1)/time.Second))
}

// write writes documents one after another, with the query as a comment.
func write(query string, documents ...*object) (string, error) {
	var b bytes.Buffer
	if query != "" {
		for _, line := range strings.Split(strings.TrimSpace(query), "\n") {
			b.WriteString(strings.TrimRight("# "+strings.Map(printable, line), " ") + "\n")
		}
	}
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	for _, o := range documents {
		if err := enc.Encode(o.node()); err != nil {
			return "", fmt.Errorf("write the rule: %w", err)
		}
	}
	if err := enc.Close(); err != nil {
		return "", fmt.Errorf("write the rule: %w", err)
	}
	return b.String(), nil
}

// printable leaves out what would end a comment, or is no text of YAML.
func printable(r rune) rune {
	if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
		return ' '
	}
	return r
}
