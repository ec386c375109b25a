package falco

import (
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// compare returns the comparison of a field that has one value. A field that
// is absent satisfies nothing, != included.
func compare(s subject, k kind, op operator, values []string) expr.Node {
	switch op {
	case opExists:
		return s.present()
	case opNotEqual:
		return both(s.present(), not(compare(s, k, opEqual, values)))
	}
	var some []expr.Node
	for _, v := range values {
		some = append(some, one(s, k, op, v)...)
	}
	return either(some...)
}

// one returns the predicates of which one must hold for a value to compare
// with v.
func one(s subject, k kind, op operator, v string) []expr.Node {
	if k == kindNumber {
		if n, ok := number(v); ok {
			v = n
		}
	}
	if k == kindContainer && len(v) == shortID && (op == opEqual || op == opIn) {
		op = opStartsWith
	}
	switch op {
	case opLess:
		return []expr.Node{s.pred(expr.OpLt, v, false)}
	case opAtMost:
		return []expr.Node{s.pred(expr.OpLe, v, false)}
	case opMore:
		return []expr.Node{s.pred(expr.OpGt, v, false)}
	case opAtLeast:
		return []expr.Node{s.pred(expr.OpGe, v, false)}
	case opContains:
		return []expr.Node{s.pred(expr.OpContains, v, false)}
	case opIContains:
		return []expr.Node{s.pred(expr.OpContains, v, true)}
	case opStartsWith:
		return []expr.Node{s.pred(expr.OpPrefix, v, false)}
	case opEndsWith:
		return []expr.Node{s.pred(expr.OpSuffix, v, false)}
	case opBContains, opBStartsWith:
		b, _ := decodeHex(v)
		return []expr.Node{s.pred(map[operator]expr.Op{opBContains: expr.OpContains, opBStartsWith: expr.OpPrefix}[op], b, false)}
	case opGlob, opIGlob:
		return []expr.Node{globPred(s, v, op == opIGlob)}
	case opRegex:
		return []expr.Node{s.pred(expr.OpRegex, `\A(?:`+v+`)\z`, false)}
	case opPMatch:
		return pathPreds(s, v)
	}
	if k == kindNet || k == kindIP && strings.Contains(v, "/") {
		if _, err := expr.ParseBlock(v); err == nil {
			return []expr.Node{s.pred(expr.OpCIDR, v, false)}
		}
	}
	return []expr.Node{s.pred(expr.OpEq, v, false)}
}

// shortID is how many bytes of a container's id Falco keeps as container.id.
const shortID = 12

// pathPreds are what pmatch asks: the value is the path, or stands below it.
func pathPreds(s subject, path string) []expr.Node {
	trimmed := strings.TrimRight(path, "/")
	below := trimmed + "/"
	if strings.ContainsAny(path, "*?[") {
		return []expr.Node{globPred(s, trimmed, false), globPred(s, below+"*", false)}
	}
	if trimmed == "" {
		return []expr.Node{s.pred(expr.OpPrefix, below, false)}
	}
	return []expr.Node{s.pred(expr.OpEq, trimmed, false), s.pred(expr.OpPrefix, below, false)}
}

// globPred is a pattern of *, ? and [sets], which must match all of the value.
func globPred(s subject, pattern string, foldCase bool) expr.Node {
	if !strings.ContainsAny(pattern, "[") {
		return s.pred(expr.OpGlob, pattern, foldCase)
	}
	return s.pred(expr.OpRegex, `\A(?s:`+globRegex(pattern)+`)\z`, foldCase)
}

// globRegex writes a pattern as a regular expression. A bracket that is not
// closed, or whose set is none, stands for itself.
func globRegex(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case '\\':
			if i+1 < len(pattern) {
				i++
			}
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		case '[':
			if set, n := globSet(pattern[i:]); n > 0 {
				b.WriteString(set)
				i += n - 1
				continue
			}
			b.WriteString(`\[`)
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return b.String()
}

// globSet writes the set at the start of a pattern as one of a regular
// expression, and says how long it is in the pattern; 0 for none.
func globSet(pattern string) (set string, n int) {
	body := pattern[1:]
	negated := body != "" && (body[0] == '!' || body[0] == '^')
	if negated {
		body = body[1:]
	}
	end := strings.IndexByte(body, ']')
	if end == 0 { // a bracket at the start is one of the set
		if next := strings.IndexByte(body[1:], ']'); next >= 0 {
			end = next + 1
		}
	}
	if end <= 0 {
		return "", 0
	}
	set = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`).Replace(body[:end])
	if negated {
		set = "^" + set
	}
	set = "[" + set + "]"
	if _, err := regexp.Compile(set); err != nil {
		return "", 0
	}
	return set, len(pattern) - len(body) + end + 1
}

func decodeHex(text string) (string, bool) {
	b, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	return string(b), err == nil && len(b) > 0
}

// listTest is a comparison of a field of which Falco gives all values: "in"
// and "pmatch" ask that every value fits, and that there is one.
func listTest(s subject, op operator, values []string) expr.Node {
	if op != opIn && op != opPMatch {
		if op == opIntersects {
			op = opIn
		}
		return compare(s, kindText, op, values)
	}
	var fits []string
	for _, v := range values {
		if op == opIn {
			fits = append(fits, regexp.QuoteMeta(v))
			continue
		}
		fits = append(fits, regexp.QuoteMeta(strings.TrimRight(v, "/"))+`(?:/.*)?`)
	}
	if len(fits) == 0 {
		return &expr.Const{At: s.at}
	}
	some := s.pred(expr.OpContains, "", false) // any value contains nothing
	other := s.pred(expr.OpMismatch, `\A(?s:`+strings.Join(fits, "|")+`)\z`, false)
	return both(some, not(other))
}

// translate returns values in the registry's words.
func (m meaning) translate(values []string) []string {
	if m.words == nil {
		return values
	}
	var out []string
	for _, v := range values {
		if w, ok := m.words[v]; ok {
			out = append(out, strings.Split(w, "|")...)
			continue
		}
		out = append(out, v)
	}
	return out
}

// holds reports whether a value that is known when a rule is read compares
// with others.
func holds(k kind, op operator, value string, values []string) bool {
	switch op {
	case opExists:
		return true
	case opNotEqual:
		return !holds(k, opEqual, value, values)
	}
	var v expr.Value
	v.SetText(value)
	for _, other := range values {
		for _, n := range one(subject{}, k, op, other) {
			t, err := expr.NewTest(n.(*expr.Pred), nil)
			if err == nil && t.Holds(&v) {
				return true
			}
		}
	}
	return false
}

// stageTest compares the stage of an API request. A request is one event
// here, judged as it goes on; Falco sees each stage. So a stage is equal to
// one that the request is at or has passed.
func stageTest(s subject, op operator, values []string) expr.Node {
	if op == opNotEqual {
		return both(s.present(), not(stageTest(s, opEqual, values)))
	}
	if op != opEqual && op != opIn && op != opIntersects {
		return compare(s, kindText, op, values)
	}
	var some []expr.Node
	for _, v := range values {
		switch v {
		case "RequestReceived":
			some = append(some, s.present())
		case "ResponseStarted":
			some = append(some, s.pred(expr.OpEq, v, false), both(s.pred(expr.OpEq, "ResponseComplete", false), longRunning()))
		default:
			some = append(some, s.pred(expr.OpEq, v, false))
		}
	}
	return either(some...)
}

// longRunning holds for the requests that have a stage ResponseStarted: those
// that the API server answers for long, by its defaults
// (https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/).
func longRunning() expr.Node {
	var some []expr.Node
	for _, sub := range [...]string{"attach", "exec", "log", "portforward", "proxy"} {
		some = append(some, &expr.Pred{Field: event.Ref{Field: event.ResourceSubresource.ID()}, Op: expr.OpEq, Text: sub})
	}
	return either(append(some, &expr.Pred{Field: event.Ref{Field: event.APIOperation.ID()}, Op: expr.OpEq, Text: "watch"})...)
}

// eventType compares the type of an event in one table.
func (c *conditions) eventType(s subject, op operator, values []string, class event.Class) expr.Node {
	s.ref = event.Ref{Field: event.SyscallName.ID()}
	switch op {
	case opExists:
		return &expr.Const{At: s.at, Value: true}
	case opNotEqual:
		return not(c.eventType(s, opEqual, values, class))
	case opEqual, opIn, opIntersects:
	default:
		return compare(s, kindText, op, values)
	}
	var named, done []expr.Node
	var activities []string
	for _, v := range values {
		e := effects[v]
		if e.class != class {
			continue
		}
		named = append(named, s.pred(expr.OpEq, v, false))
		if e.activity != "" && !slices.Contains(activities, e.activity) {
			activities = append(activities, e.activity)
			done = append(done, &expr.Pred{At: s.at, Name: s.name, Field: event.Ref{Field: event.Activity.ID()}, Op: expr.OpEq, Text: e.activity})
		}
	}
	return either(append(named, both(not(s.present()), either(done...)))...)
}
