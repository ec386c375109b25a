package syntax

func (q *Query) write(w *printer) { w.statements(q.Statements, ";\n") }

// String returns the query's text in the printer's form.
func (q *Query) String() string { return Format(q) }

func (w *printer) statements(ss []Statement, end string) *printer {
	for i, s := range ss {
		if i > 0 {
			w.text(end)
		}
		s.write(w)
	}
	return w
}

func (s *Let) write(w *printer) { w.text("let ").name(s.Name.Text).text(" = ").expr(s.Value, 0) }

func (s *Set) write(w *printer) {
	w.text("set ").name(s.Name.Text)
	if s.Value != nil {
		w.text(" = ").expr(s.Value, 1)
	}
}

func (s *Declare) write(w *printer) { w.text("declare query_parameters").params(s.Params) }

func (s *Answer) write(w *printer) { w.expr(s.X, 0) }

func (s *OtherStatement) write(w *printer) { w.text(s.Text) }

func (w *printer) params(ps []*Param) *printer {
	w.text("(")
	for i, a := range ps {
		w.comma(i)
		a.write(w)
	}
	return w.text(")")
}

func (a *Param) write(w *printer) {
	w.name(a.Name.Text).text(":")
	if a.Tabular {
		w.text("(").columns(a.Columns)
		if a.Open {
			w.comma(len(a.Columns)).text("*")
		}
		w.text(")")
	} else {
		w.text(a.Type)
	}
	if a.Default != nil {
		w.text(" = ").expr(a.Default, 1)
	}
}

func (e *Func) write(w *printer) {
	if e.View {
		w.text("view ")
	}
	w.params(e.Params).text(" { ").statements(e.Body, "; ").text(" }")
}
