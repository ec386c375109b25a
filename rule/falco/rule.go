package falco

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// rule compiles a rule: once for every table whose rows it may match.
func (l *loader) rule(r *item) {
	c := &conditions{loader: l, kind: "rule", name: r.name, place: r.place, item: r, source: r.source, lowered: map[lowerKey]expr.Node{}, sizes: map[expr.Node]int{}}
	body := c.parse(r.cond)
	if body == nil || !c.known(body) {
		return
	}
	all := &group{and: true, x: []node{body}}
	for _, x := range r.exceptions {
		if n := x.condition(c); n != nil {
			all.x = append(all.x, &negation{at: -1, x: n})
		}
	}
	c.check(all, map[*macro]visit{})
	out := c.output(r.output)
	if c.failed || c.skipped {
		return
	}
	c.reportLacking()
	var made []*rule.Rule
	for _, class := range tables[r.source] {
		tree, size := c.lower(all, class)
		if c.failed {
			return
		}
		if size > maxTree {
			c.failAt(0, codeCondition, "condition", "shorten its macros and lists", fmt.Sprintf("it becomes more than %d checks", maxTree))
			return
		}
		if k, isConst := tree.(*expr.Const); !isConst || k.Value {
			made = append(made, c.ruleOf(tree, class, out))
		}
	}
	if len(made) == len(tables[r.source]) && r.source == sourceSyscall && r.warnTypes {
		l.warn(c.problemAt(0, codeNoEventType, "condition", "add evt.type in (...)", "it is not limited to some types of events, so that every event is looked at"))
	}
	if len(made) == 0 { // it never matches, as some rules are meant to until a macro is changed
		made = append(made, c.ruleOf(&expr.Const{}, tables[r.source][0], out))
	}
	if len(c.lacking) > 0 {
		l.result.Compiled = append(l.result.Compiled, made...)
		return
	}
	l.result.Rules = append(l.result.Rules, made...)
}

// maxTree is how many checks a condition may have once its macros are written
// out. The largest public rule has about 1,500.
const maxTree = 100_000

// logSources are what Sigma calls the sources.
var logSources = map[string]rule.LogSource{
	sourceAudit:   {Product: "kubernetes", Service: "audit"},
	sourceSyscall: {Product: "linux", Category: "syscall"},
}

func (c *conditions) ruleOf(tree expr.Node, class event.Class, out rule.Template) *rule.Rule {
	r := c.item
	out = c.outputIn(out, class)
	sum := sha256.Sum256([]byte("falco\x00" + r.name))
	made := &rule.Rule{
		ID: hex.EncodeToString(sum[:8]), Title: r.name, Name: r.name, Description: strings.TrimSpace(r.desc),
		Tags: tags(r.tags), Severity: priorities[r.priority].severity, Priority: priorities[r.priority].word, Feed: r.source,
		LogSource: logSources[r.source], Vocabulary: "falco", Table: class, Expr: tree, Output: out, Fields: out.Fields(),
		Names: map[string]event.Ref{}, Terms: map[string]*expr.Term{}, Disabled: !r.enabled,
		Source: rule.Source{File: r.place.file.name, Line: r.place.at.Line, Text: r.place.item()},
	}
	for _, name := range made.Fields {
		p, ok := c.outputPlace(name, class)
		if !ok {
			continue
		}
		made.Names[name] = p.ref
		if p.term != nil {
			made.Terms[name] = c.shared(p.term)
		}
	}
	return made
}

var technique = regexp.MustCompile(`^T[0-9]{4}(\.[0-9]{3})?$`)

// tags returns the tags as written and, after them, those of ATT&CK as Sigma
// writes them.
func tags(written []string) []string {
	out := append([]string{}, written...)
	for _, t := range written {
		if technique.MatchString(t) {
			out = append(out, "attack."+strings.ToLower(t))
		} else if tactic, ok := strings.CutPrefix(t, "mitre_"); ok {
			out = append(out, "attack."+strings.ReplaceAll(tactic, "_", "-"))
		}
	}
	return out
}

// reportLacking names the fields, and whatever else, for want of which the
// rule is not run.
func (c *conditions) reportLacking() {
	for _, p := range c.lacking {
		c.lack(p)
	}
}
