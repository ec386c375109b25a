package ocsfschema

import (
	"fmt"
	"regexp"
	"strings"
)

// step is one member of a path, with one of its elements or, as [], each of them.
var step = regexp.MustCompile(`^([a-z0-9_]+)(\[\d*\])?$`)

// Attribute returns the type of the attribute at a path, such as resources[0].name or answers[].rdata, of the event class with that
// number: the name of a scalar type or of an object. Every profile is taken as applied. Below an attribute whose content
// is free, unmapped above all, every path exists and has the type json_t. An error says which step is wrong.
func (s *Schema) Attribute(classUID int64, path string) (typeName string, err error) {
	c := s.classes[classUID]
	if c == nil {
		return "", fmt.Errorf("no event class has the number %d", classUID)
	}
	at, inside := &c.structure, "the class"
	for rest, more := path, true; more; {
		var member string
		member, rest, more = strings.Cut(rest, ".")
		if at == nil {
			return "", fmt.Errorf("%s: %s is a %s and has no member %s", path, inside, typeName, member)
		}
		m := step.FindStringSubmatch(member)
		if m == nil {
			return "", fmt.Errorf("%s: %q is no attribute name", path, member)
		}
		a := at.attributes[m[1]]
		switch {
		case a == nil:
			return "", fmt.Errorf("%s: %s has no attribute %s", path, inside, m[1])
		case m[2] != "" && !a.isArray:
			return "", fmt.Errorf("%s: %s is no array", path, m[1])
		case m[2] == "" && a.isArray && more:
			return "", fmt.Errorf("%s: %s is an array; say which element", path, m[1])
		case more && (a.typeName == genericObject || a.typeName == "json_t"):
			return "json_t", nil
		}
		typeName, inside, at = a.typeName, m[1], s.objects[a.typeName]
	}
	return typeName, nil
}
