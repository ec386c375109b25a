package sigma

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// statuses are those of specification 2.1.0.
var statuses = []string{"stable", "test", "experimental", "deprecated", "unsupported"}

// text returns a top-level member that is text; "" when it is absent. Anything
// else there is an error.
func (d *document) text(name string) string {
	_, v := member(d.root, name)
	if v == nil || isNull(v) {
		return ""
	}
	if v.Kind != yaml.ScalarNode {
		d.errorAt(pos(v), name, "", "it must be text, not %s", describe(v))
		return ""
	}
	return strings.TrimSpace(v.Value)
}

// texts returns a member of m that is a list of text, or one text.
func (d *document) texts(m *yaml.Node, name string) []string {
	_, v := member(m, name)
	if v == nil || isNull(v) {
		return nil
	}
	var out []string
	for _, item := range items(v) {
		if item.Kind != yaml.ScalarNode {
			d.errorAt(pos(item), name, "", "it must hold texts, not %s", describe(item))
			continue
		}
		out = append(out, item.Value)
	}
	return out
}

// readHeader fills what rules and correlations have in common.
func (d *document) readHeader() {
	r := &rule.Rule{Source: rule.Source{File: d.file, Line: d.root.Line, Text: d.whole}, Severity: rule.Medium}
	d.rule = r
	r.Title = d.readTitle()
	r.ID = d.readID(r.Title)
	r.Name = d.text("name")
	r.Status = d.text("status")
	if _, v := member(d.root, "status"); v != nil && r.Status != "" && !slices.Contains(statuses, r.Status) {
		d.errorAt(pos(v), "status", rule.DidYouMean(r.Status, statuses), "%q is none of %s", r.Status, strings.Join(statuses, ", "))
	}
	if _, v := member(d.root, "level"); v != nil {
		level, err := rule.ParseSeverity(v.Value)
		if err != nil {
			d.errorAt(pos(v), "level", "", "%v", err)
		} else {
			r.Severity = level
		}
	}
	r.Description, r.Author, r.License = d.text("description"), d.text("author"), d.text("license")
	r.Date, r.Modified = d.text("date"), d.text("modified")
	r.References = d.texts(d.root, "references")
	r.FalsePositives = d.texts(d.root, "falsepositives")
	r.Tags, r.Fields = d.texts(d.root, "tags"), d.texts(d.root, "fields")
	if _, v := member(d.root, "related"); v != nil && v.Kind != yaml.SequenceNode {
		d.errorAt(pos(v), "related", "", "it must be a list, not %s", describe(v))
	}
}

func (d *document) readTitle() string {
	title := d.text("title")
	if title == "" {
		d.errorAt(pos(d.root), "title", "say in a few words what the rule finds", "it is missing")
	}
	return title
}

// readID returns the document's id, or one made of the file's name and the
// title when it has none.
func (d *document) readID(title string) string {
	if id := d.text("id"); id != "" {
		return id
	}
	sum := sha256.Sum256([]byte(path.Base(strings.ReplaceAll(d.file, `\`, "/")) + "\x00" + title))
	return hex.EncodeToString(sum[:8])
}

// checkUsable records what of the header makes a sound rule unusable.
func (d *document) checkUsable() {
	if key, v := member(d.root, "taxonomy"); v != nil && v.Value != "sigma" && !d.opts.Generic {
		d.unsupportedAt(pos(key), "taxonomy", "", "%q: field names are read in taxonomy sigma only", v.Value)
	}
	if d.rule != nil && d.rule.Status == "unsupported" {
		key, _ := member(d.root, "status")
		d.unsupportedAt(pos(key), "status", "", "its author marks it as unsupported")
	}
}

// readLogSource reads and resolves a log source. The result says how to
// resolve fields: in the vocabulary of a table, or, where no table holds the
// log source, as paths.
func (d *document) readLogSource() (l rule.LogSource, s source, at expr.Pos) {
	key, v := member(d.root, "logsource")
	if v == nil || v.Kind != yaml.MappingNode {
		d.errorAt(pos(d.root), "logsource", "say which logs are meant: product, category, service", "it is missing")
		return l, s, at
	}
	for _, part := range []struct {
		name string
		to   *string
	}{{"category", &l.Category}, {"product", &l.Product}, {"service", &l.Service}} {
		if _, p := member(v, part.name); p != nil && !isNull(p) {
			if p.Kind != yaml.ScalarNode {
				d.errorAt(pos(p), "logsource", "", "%s must be text, not %s", part.name, describe(p))
				continue
			}
			*part.to = strings.ToLower(strings.TrimSpace(p.Value))
		}
	}
	if l == (rule.LogSource{}) {
		d.errorAt(pos(key), "logsource", "", "it names neither product, category nor service")
	}
	if !d.opts.Generic {
		s, _ = findSource(l)
	}
	return l, s, pos(key)
}

// names describes whose field names a rule uses, for messages.
func names(r *rule.Rule) string {
	if r.Table == event.ClassNone {
		return "its log source"
	}
	return "table " + r.Table.String()
}
