package output

import (
	"io"
	"strings"

	"github.com/lynceus-io/lynceus/api/saved"
)

// WriteQuestions lists saved queries with their parameters.
func WriteQuestions(w io.Writer, list []*saved.Query, o TextOptions) error {
	p := newPage(o)
	wide := 0
	for _, q := range list {
		wide = max(wide, columns(q.Name))
	}
	for _, q := range list {
		title := Clean(q.Title)
		if !q.BuiltIn && q.Author != "" {
			title += " (saved by " + Clean(q.Author) + ")"
		}
		p.hang(p.bold(q.Name), columns(q.Name), wide+gap, title, nil)
		for _, param := range q.Params {
			text := "= " + Clean(param.Default)
			if param.Default == "" {
				text = "needed"
			}
			if param.Doc != "" {
				text += "  " + Clean(param.Doc)
			}
			head := strings.Repeat(" ", wide+gap) + p.dim(Clean(param.Name)+" "+text)
			p.line(head)
		}
	}
	return p.writeTo(w)
}
