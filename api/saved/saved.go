// Package saved holds queries under a name: those that come with Lynceus,
// which answer the questions that everybody asks, and those that people save.
//
// A query is KQL whose first comment says what it is:
//
//	// Who asked for secrets
//	//
//	// Everything else that a reader should know, over several lines.
//	//
//	// needs: audit file
//	// param account: the service account, as namespace/name
//	declare query_parameters(account:string, window:timespan = 1h);
//	audit | where ...
//
// The first line is the title. "needs:" names the tables that it reads, so
// that an answer can say which of them are empty; "param" describes a
// parameter, whose type and default stand in the declaration.
package saved

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// Query is a query under a name.
type Query struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Needs       []string `json:"needs"` // tables
	Params      []Param  `json:"params"`
	KQL         string   `json:"query"`
	// BuiltIn marks those that come with Lynceus; they cannot be changed.
	BuiltIn bool `json:"builtin"`
	// Author and Changed are of those that people saved.
	Author  string    `json:"author"`
	Changed time.Time `json:"changed,omitzero"`
}

// Param is a parameter of a query.
type Param struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Default is KQL; "" where a value must be given.
	Default string `json:"default"`
	Doc     string `json:"doc"`
}

// MaxText bounds the text of a query, in bytes.
const MaxText = 64 << 10

var (
	namePattern  = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)
	paramPattern = regexp.MustCompile(`^param\s+([A-Za-z_]\w*)\s*:\s*(.*)$`)
)

// Parse reads a query. Errors in the KQL are those of package syntax.
func Parse(name, text string) (*Query, error) {
	if !namePattern.MatchString(name) {
		return nil, fmt.Errorf("%q is no name for a query: use a letter, then letters, digits, - and _, all in lower case, at most 64", name)
	}
	if len(text) > MaxText {
		return nil, fmt.Errorf("the query is longer than %d bytes", MaxText)
	}
	tree, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	q := &Query{Name: name, KQL: text, Needs: []string{}, Params: []Param{}}
	docs := map[string]string{}
	if err := q.header(text, docs); err != nil {
		return nil, err
	}
	for _, st := range tree.Statements {
		d, ok := st.(*syntax.Declare)
		if !ok {
			continue
		}
		for _, p := range d.Params {
			param := Param{Name: p.Name.Text, Type: p.Type, Doc: docs[p.Name.Text]}
			if p.Default != nil {
				at := p.Default.Pos()
				param.Default = text[at.Start:at.End]
			}
			q.Params = append(q.Params, param)
			delete(docs, p.Name.Text)
		}
	}
	for name := range docs {
		return nil, fmt.Errorf("the comment describes the parameter %s, which the query does not declare", name)
	}
	return q, nil
}

// header reads the comment before the query.
func (q *Query) header(text string, docs map[string]string) error {
	var prose []string
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "//")
		if !ok {
			break
		}
		comment = strings.TrimSpace(comment)
		needs, isNeeds := strings.CutPrefix(comment, "needs:")
		m := paramPattern.FindStringSubmatch(comment)
		switch {
		case isNeeds:
			q.Needs = append(q.Needs, strings.Fields(needs)...)
		case m != nil:
			docs[m[1]] = m[2]
		case q.Title == "":
			q.Title = comment
		default:
			prose = append(prose, comment)
		}
	}
	for _, t := range q.Needs {
		if _, ok := event.ClassByName(t); !ok {
			return fmt.Errorf("needs: there is no table %q", t)
		}
	}
	q.Needs = slices.Compact(slices.Sorted(slices.Values(q.Needs)))
	if q.Needs == nil {
		q.Needs = []string{}
	}
	if q.Title == "" {
		q.Title = q.Name
	}
	q.Description = strings.TrimSpace(strings.Join(prose, "\n"))
	return nil
}

// Check says what is wrong with values for the query's parameters: names that
// it does not declare, and parameters that have neither value nor default.
func (q *Query) Check(values map[string]string) error {
	for name := range values {
		if !slices.ContainsFunc(q.Params, func(p Param) bool { return p.Name == name }) {
			return fmt.Errorf("%s has no parameter %q%s", q.Name, name, q.known())
		}
	}
	for _, p := range q.Params {
		if _, ok := values[p.Name]; !ok && p.Default == "" {
			return fmt.Errorf("%s needs a value for %s (%s): %s", q.Name, p.Name, p.Type, p.Doc)
		}
	}
	return nil
}

func (q *Query) known() string {
	if len(q.Params) == 0 {
		return ": it has none"
	}
	names := make([]string, len(q.Params))
	for i, p := range q.Params {
		names[i] = p.Name
	}
	return ": it has " + strings.Join(names, ", ")
}
