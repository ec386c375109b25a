package falco

import "slices"

// operator is a comparison as conditions write it.
type operator string

// The operators of Falco's conditions
// (https://falco.org/docs/concepts/rules/conditions/).
const (
	opExists      operator = "exists"
	opEqual       operator = "="
	opNotEqual    operator = "!="
	opLess        operator = "<"
	opAtMost      operator = "<="
	opMore        operator = ">"
	opAtLeast     operator = ">="
	opContains    operator = "contains"
	opIContains   operator = "icontains"
	opBContains   operator = "bcontains"
	opStartsWith  operator = "startswith"
	opBStartsWith operator = "bstartswith"
	opEndsWith    operator = "endswith"
	opGlob        operator = "glob"
	opIGlob       operator = "iglob"
	opRegex       operator = "regex"
	opIn          operator = "in"
	opIntersects  operator = "intersects"
	opPMatch      operator = "pmatch"
)

// symbols are the operators that are no words, longer ones first; "==" is "=".
var symbols = []string{"==", "!=", "<=", ">=", "=", "<", ">"}

// words are the operators that are words.
var words = []operator{
	opExists, opContains, opIContains, opBContains, opStartsWith, opBStartsWith, opEndsWith, opGlob, opIGlob, opRegex,
	opIn, opIntersects, opPMatch,
}

// isOperator reports whether an operator of that name exists.
func isOperator(text string) bool {
	return slices.Contains(symbols, text) || slices.Contains(words, operator(text))
}

// ofList reports whether the right side of the operator is a list.
func (o operator) ofList() bool { return o == opIn || o == opIntersects || o == opPMatch }

// ofNumbers reports whether the right side of the operator is a number.
func (o operator) ofNumbers() bool {
	return o == opLess || o == opAtMost || o == opMore || o == opAtLeast
}

// transforms are the functions of fields, with the least and the greatest
// number of their operands.
var transforms = map[string][2]int{
	"tolower":  {1, 1},
	"toupper":  {1, 1},
	"b64":      {1, 1},
	"basename": {1, 1},
	"len":      {1, 1},
	"val":      {1, 1},
	"join":     {2, maxOperands},
	"concat":   {1, maxOperands},
}

// maxOperands bounds the operands of a function.
const maxOperands = 32
