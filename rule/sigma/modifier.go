package sigma

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// modifier is one word behind a field's name.
type modifier struct {
	name   string
	offset int // bytes from the start of the key
}

// splitKey parts a key of a selection into field name and modifiers.
func splitKey(key string) (field string, mods []modifier) {
	field, rest, found := strings.Cut(key, "|")
	at := len(field) + 1
	for found {
		var name string
		name, rest, found = strings.Cut(rest, "|")
		mods = append(mods, modifier{name: name, offset: at})
		at += len(name) + 1
	}
	return field, mods
}

// match is what a list of modifiers makes of a field's values.
type match struct {
	kind    matchKind
	changes []change // of text, in order
	all     bool     // every value, not any
	neq     bool     // not the whole
	cased   bool
	expand  bool
	flags   string        // of a regular expression
	op      expr.Op       // of a comparison
	refOp   expr.Op       // of a field reference
	part    expr.TimePart // of a comparison
}

// matchKind is the type of the values.
type matchKind uint8

const (
	matchText matchKind = iota
	matchRegex
	matchCIDR
	matchExists
	matchNumber
	matchFieldRef
)

// change is a modifier that turns one text value into others, of which any
// may match.
type change struct {
	name  string
	apply func(pattern) ([]pattern, error)
}

var anything = pattern{{kind: anyRun}}

func wrap(before, after pattern) func(pattern) ([]pattern, error) {
	return func(p pattern) ([]pattern, error) { return []pattern{join(before, p, after)}, nil }
}

// changes are the modifiers of text.
var changes = map[string]func(pattern) ([]pattern, error){
	"contains":     wrap(anything, anything),
	"startswith":   wrap(nil, anything),
	"endswith":     wrap(anything, nil),
	"windash":      windash,
	"base64":       toBase64,
	"base64offset": toBase64Offset,
	"wide":         utf16Encoder(binary.LittleEndian, ""),
	"utf16le":      utf16Encoder(binary.LittleEndian, ""),
	"utf16be":      utf16Encoder(binary.BigEndian, ""),
	"utf16":        utf16Encoder(binary.LittleEndian, "\xff\xfe"),
}

var comparisons = map[string]expr.Op{"lt": expr.OpLt, "lte": expr.OpLe, "gt": expr.OpGt, "gte": expr.OpGe}

var timeParts = map[string]expr.TimePart{
	"minute": expr.PartMinute, "hour": expr.PartHour, "day": expr.PartDay,
	"week": expr.PartWeek, "month": expr.PartMonth, "year": expr.PartYear,
}

var refOps = map[string]expr.Op{"contains": expr.OpFieldContains, "startswith": expr.OpFieldPrefix, "endswith": expr.OpFieldSuffix}

// otherModifiers are those that are in none of the tables above.
var otherModifiers = []string{"all", "cased", "cidr", "exists", "expand", "fieldref", "i", "m", "neq", "re", "s"}

// modifierError says which modifier is wrong and why.
type modifierError struct {
	at     modifier
	reason string
	advice string
}

func (e *modifierError) Error() string { return e.reason }

// compileModifiers reads the modifiers of one field, in their order.
func compileModifiers(mods []modifier) (*match, *modifierError) {
	m := &match{}
	seen := map[string]bool{}
	fail := func(at modifier, format string, args ...any) (*match, *modifierError) {
		return nil, &modifierError{at: at, reason: fmt.Sprintf(format, args...)}
	}
	for _, mod := range mods {
		if seen[mod.name] {
			return fail(mod, "%q is written twice", mod.name)
		}
		seen[mod.name] = true
		switch apply, known := changes[mod.name]; {
		case known:
			m.changes = append(m.changes, change{mod.name, apply})
			continue
		case mod.name == "all":
			m.all = true
			continue
		case mod.name == "neq":
			m.neq = true
			continue
		case mod.name == "cased":
			m.cased = true
			continue
		case mod.name == "expand":
			m.expand = true
			continue
		case mod.name == "i" || mod.name == "m" || mod.name == "s":
			if m.kind != matchRegex {
				return fail(mod, "%q only follows re", mod.name)
			}
			m.flags += mod.name
			continue
		}
		kind := matchNumber
		switch op, compares := comparisons[mod.name]; {
		case compares:
			if m.op != 0 {
				return fail(mod, "a value is compared in one way only")
			}
			m.op = op
		case timeParts[mod.name] != expr.PartNone:
			if m.part != expr.PartNone {
				return fail(mod, "a time has one part only")
			}
			m.part = timeParts[mod.name]
		case mod.name == "re":
			kind = matchRegex
		case mod.name == "cidr":
			kind = matchCIDR
		case mod.name == "exists":
			kind = matchExists
		case mod.name == "fieldref":
			kind = matchFieldRef
		default:
			return nil, &modifierError{at: mod, reason: fmt.Sprintf("%q is no modifier of Sigma 2.1", mod.name), advice: rule.DidYouMean(mod.name, modifierNames())}
		}
		if m.kind != matchText && m.kind != kind {
			return fail(mod, "%q cannot be joined with the modifiers before it", mod.name)
		}
		m.kind = kind
	}
	if err := m.check(mods); err != nil {
		return nil, err
	}
	return m, nil
}

// allowed lists the modifiers that make sense with values that are no text.
var allowed = map[matchKind][]string{
	matchRegex:    {"re", "i", "m", "s", "all", "neq"},
	matchCIDR:     {"cidr", "all", "neq"},
	matchExists:   {"exists"},
	matchNumber:   {"lt", "lte", "gt", "gte", "minute", "hour", "day", "week", "month", "year", "all", "neq"},
	matchFieldRef: {"fieldref", "contains", "startswith", "endswith", "cased", "all", "neq"},
}

// check refuses modifiers that have no meaning together.
func (m *match) check(mods []modifier) *modifierError {
	if m.kind == matchText {
		return nil
	}
	for _, mod := range mods {
		if !slices.Contains(allowed[m.kind], mod.name) {
			return &modifierError{at: mod, reason: fmt.Sprintf("%q does not go together with %q", mod.name, m.typeName(mods))}
		}
		if op, ok := refOps[mod.name]; ok {
			if m.refOp != 0 {
				return &modifierError{at: mod, reason: "a field is compared with another in one way only"}
			}
			m.refOp = op
		}
	}
	if m.refOp == 0 {
		m.refOp = expr.OpFieldEq
	}
	if m.op == 0 {
		m.op = expr.OpEq
	}
	return nil
}

// typeName returns the modifier that gave the values their type.
func (m *match) typeName(mods []modifier) string {
	for _, mod := range mods {
		if !slices.Contains([]string{"all", "neq", "cased", "expand"}, mod.name) && changes[mod.name] == nil {
			return mod.name
		}
	}
	return ""
}

func modifierNames() []string {
	names := slices.Clone(otherModifiers)
	for n := range changes {
		names = append(names, n)
	}
	for n := range comparisons {
		names = append(names, n)
	}
	for n := range timeParts {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
