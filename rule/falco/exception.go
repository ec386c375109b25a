package falco

import "strings"

// condition returns what an exception says as a condition: some row of values
// fits. It is nil where there are no values.
func (x *exception) condition(c *conditions) node {
	if !x.fields.isList {
		return x.single(c)
	}
	any := &group{}
	for _, row := range x.values {
		if len(row.list) != len(x.fields.list) || !row.isList {
			c.fail(row.place, codeItem, x, "values", "fields and values have not the same number of members")
			return nil
		}
		all := &group{and: true}
		for i, field := range x.fields.list {
			op := operator(x.comps.list[i].text)
			if op == "==" {
				op = opEqual
			}
			check := &check{left: c.exceptionField(x, field), op: op}
			if check.left == nil {
				return nil
			}
			switch {
			case op == opExists:
			case row.list[i].isList:
				for _, v := range row.list[i].list {
					check.values = append(check.values, exceptionValue(v.text))
				}
			case op.ofList():
				check.values = exceptionValues(row.list[i].text)
			default:
				check.values = []literal{exceptionValue(row.list[i].text)}
			}
			if !op.ofList() && op != opExists && len(check.values) != 1 {
				c.fail(row.list[i].place, codeItem, x, "values", "a list of values needs one of the operators in, intersects, pmatch")
				return nil
			}
			all.x = append(all.x, check)
		}
		any.x = append(any.x, all)
	}
	if len(any.x) == 0 {
		return nil
	}
	return any
}

// single is the condition of an exception with one field.
func (x *exception) single(c *conditions) node {
	if len(x.values) == 0 {
		return nil
	}
	check := &check{left: c.exceptionField(x, x.fields), op: operator(x.comps.text)}
	if check.left == nil {
		return nil
	}
	for _, v := range x.values {
		if v.isList {
			c.fail(v.place, codeItem, x, "values", "with one field, each value is a text, not a list")
			return nil
		}
		check.values = append(check.values, exceptionValue(v.text))
	}
	return check
}

// exceptionValue reads a value as a condition would: quotes around it are not
// part of it.
func exceptionValue(text string) literal {
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		l := lexer{text: text}
		if v, closed := l.quoted(); closed && l.at == len(text) {
			return literal{text: v}
		}
	}
	return literal{text: text, bare: !strings.ContainsAny(text, " \t\r\n")}
}

// exceptionValues reads one text as the list that an operator of lists wants:
// (a, b), or one value.
func exceptionValues(text string) []literal {
	if strings.HasPrefix(text, "(") {
		p := &parser{lexer: lexer{text: text}}
		if out, err := p.list(); err == nil && p.at == len(text) {
			return out
		}
	}
	return []literal{exceptionValue(text)}
}
