package falco

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// file is a rule file, for places and snippets.
type file struct {
	name  string
	lines []string
}

// place is where something stands.
type place struct {
	file *file
	at   expr.Pos
}

// maxItem bounds the text of an item, in lines. The longest public rule has
// some 60.
const maxItem = 500

// item is the text of the item of a list that stands at a place, up to the
// next one.
func (p place) item() string {
	from := p.at.Line - 1
	if from < 0 || from >= len(p.file.lines) {
		return ""
	}
	line := p.file.lines[from]
	dash := strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " "))) + "-"
	to := from + 1
	for to < min(len(p.file.lines), from+maxItem) && !strings.HasPrefix(p.file.lines[to], dash) {
		to++
	}
	for to > from+1 && (strings.TrimSpace(p.file.lines[to-1]) == "" || strings.HasPrefix(p.file.lines[to-1], "#")) {
		to--
	}
	return strings.Join(p.file.lines[from:to], "\n")
}

// at returns the place of a node.
func (f *file) at(n *yaml.Node) place {
	return place{f, expr.Pos{Line: n.Line, Col: n.Column}}
}

// problem makes a problem there.
func (p place) problem(code, feature, advice, reason string) *rule.Problem {
	out := &rule.Problem{File: p.file.name, Line: p.at.Line, Col: p.at.Col, Code: code, Feature: feature, Reason: reason, Advice: advice}
	if p.at.Line > 0 && p.at.Line <= len(p.file.lines) {
		out.Snippet = rule.Snippet(p.file.lines[p.at.Line-1])
	}
	return out
}

// text is a condition or an output that may have been put together of several
// places of several files.
type text struct {
	all   string
	parts []part
}

// part is one of these: it begins at an offset of the whole.
type part struct {
	from int
	text string
	place
}

func newText(f *file, n *yaml.Node) text {
	return text{n.Value, []part{{0, n.Value, f.at(n)}}}
}

// append joins more to t by a blank.
func (t *text) append(more text) {
	t.all += " "
	for _, p := range more.parts {
		p.from += len(t.all)
		t.parts = append(t.parts, p)
	}
	t.all += more.all
}

// place returns where the byte at an offset stands in its file. YAML may have
// folded or unquoted the text, so that the word there is looked for: as often
// as the text has it until then.
func (t text) place(offset int) place {
	i := len(t.parts) - 1
	for i > 0 && t.parts[i].from > offset {
		i--
	}
	p := t.parts[i]
	offset = min(max(offset-p.from, 0), len(p.text))
	word := p.text[offset:]
	if end := strings.IndexAny(word, " \t\r\n"); end >= 0 {
		word = word[:end]
	}
	if word == "" {
		return p.place
	}
	return p.find(word, strings.Count(p.text[:offset], word))
}

// find returns the place of a word after so many others like it.
func (p place) find(word string, skip int) place {
	for line := max(p.at.Line, 1); line <= len(p.file.lines); line++ {
		col := 0
		if line == p.at.Line {
			col = min(max(p.at.Col-1, 0), len(p.file.lines[line-1]))
		}
		for {
			i := strings.Index(p.file.lines[line-1][col:], word)
			if i < 0 {
				break
			}
			if skip == 0 {
				return place{p.file, expr.Pos{Line: line, Col: col + i + 1}}
			}
			skip--
			col += i + len(word)
		}
	}
	return p
}
