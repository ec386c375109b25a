package ocsfschema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Problem is one way in which an event is not valid.
type Problem struct {
	Path string // of the attribute, such as resources[0].uid; empty for the event itself
	Text string
}

// Error is the path and what is wrong there.
func (p *Problem) Error() string {
	if p.Path == "" {
		return p.Text
	}
	return p.Path + ": " + p.Text
}

// Validate returns every problem of an event, in the order of the document's paths, or nil when it is valid. doc is an event as
// encoding/json decodes it, with numbers as float64 or json.Number. Each error is a *Problem.
func (s *Schema) Validate(doc map[string]any) []error {
	v := &validation{schema: s}
	uid, ok := integer(doc["class_uid"])
	if !ok {
		v.add("class_uid", "missing or no integer: the class says what the event has to contain")
		return v.problems
	}
	c := s.classes[uid]
	if c == nil {
		v.add("class_uid", "no event class has the number %d", uid)
		return v.problems
	}
	v.readMetadata(doc)
	v.structure("", &c.structure, doc)
	v.identity(doc, uid)
	return v.problems
}

// validation is one run of Validate.
type validation struct {
	schema   *Schema
	profiles map[string]bool
	problems []error
}

func (v *validation) add(at, format string, args ...any) {
	v.problems = append(v.problems, &Problem{at, fmt.Sprintf(format, args...)})
}

// readMetadata takes the profiles from metadata.profiles, and checks them and metadata.version. That both have the right
// type is checked with the rest of the event.
func (v *validation) readMetadata(doc map[string]any) {
	v.profiles = map[string]bool{}
	metadata, _ := doc["metadata"].(map[string]any)
	names, _ := metadata["profiles"].([]any)
	for i, n := range names {
		name, ok := n.(string)
		if !ok {
			continue
		}
		v.profiles[name] = true
		if !v.schema.profiles[name] {
			v.add(index("metadata.profiles", i), "there is no profile %q", name)
		}
	}
	if version, ok := metadata["version"].(string); ok && version != v.schema.version {
		v.add("metadata.version", "%q is not the version of the schema, %s", version, v.schema.version)
	}
}

// identity checks that the event's type is that of its class and activity, and that its time can be in milliseconds.
func (v *validation) identity(doc map[string]any, class int64) {
	activity, hasActivity := integer(doc["activity_id"])
	typeUID, hasType := integer(doc["type_uid"])
	if hasActivity && hasType && typeUID != class*100+activity {
		v.add("type_uid", "%d is not class_uid * 100 + activity_id = %d", typeUID, class*100+activity)
	}
	if time, ok := integer(doc["time"]); ok && time < earliestEvent {
		v.add("time", "%d is before the year 2000: is it in milliseconds?", time)
	}
}

// structure checks an object's attributes, and that none is missing.
func (v *validation) structure(at string, st *structure, object map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		v.member(at, st, object, name)
	}
	for _, name := range slices.Sorted(maps.Keys(st.attributes)) {
		a := st.attributes[name]
		if _, present := object[name]; a.required && !present && v.applies(a) {
			v.add(join(at, name), "required, but missing")
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(st.constraints)) {
		v.constraint(at, kind, st.constraints[kind], object)
	}
}

// member checks one member of an object.
func (v *validation) member(at string, st *structure, object map[string]any, name string) {
	where, value := join(at, name), object[name]
	a := st.attributes[name]
	if a == nil {
		a = v.datetime(st, name)
	}
	switch {
	case a == nil:
		v.add(where, "unknown attribute")
		return
	case !v.applies(a):
		v.add(where, "belongs to the profile %q, which metadata.profiles does not list", a.profile)
		return
	case !a.isArray:
		v.value(where, a, value)
		v.caption(at, a, object)
		return
	}
	elements, ok := value.([]any)
	if !ok {
		v.add(where, "%s where an array is wanted", kindOf(value))
		return
	}
	for i, element := range elements {
		v.value(index(where, i), a, element)
	}
}

// applies reports whether an attribute may be there under the event's profiles.
func (v *validation) applies(a *attribute) bool {
	return a.profile == "" || v.profiles[a.profile]
}

// datetime returns the attribute that the profile "datetime" puts beside every timestamp: its name with _dt.
func (v *validation) datetime(st *structure, name string) *attribute {
	stem, ok := strings.CutSuffix(name, "_dt")
	if !ok {
		return nil
	}
	a := st.attributes[stem]
	if a == nil || a.typeName != "timestamp_t" || !v.applies(a) {
		return nil
	}
	return &attribute{name: name, profile: "datetime", isArray: a.isArray, typeName: "datetime_t", scalar: v.schema.scalars["datetime_t"]}
}

// value checks a single value, an object or a scalar.
func (v *validation) value(at string, a *attribute, value any) {
	if a.scalar != nil {
		if problem := a.scalar.check(value); problem != "" {
			v.add(at, "%s", problem)
			return
		}
		if key, ok := enumKey(value); ok && len(a.enum) > 0 {
			if _, known := a.enum[key]; !known {
				v.add(at, "%s is none of its values: %s", key, strings.Join(slices.Sorted(maps.Keys(a.enum)), " "))
			}
		}
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		v.add(at, "%s where an object (%s) is wanted", kindOf(value), a.typeName)
		return
	}
	if a.typeName != genericObject {
		v.structure(at, v.schema.objects[a.typeName], object)
	}
}

// otherValue is the number by which an enumeration says that the sibling has the source's own word.
const otherValue = "99"

// caption checks that the sibling of an enumerated attribute says what the number means.
func (v *validation) caption(at string, a *attribute, object map[string]any) {
	text, hasText := object[a.sibling].(string)
	key, hasKey := enumKey(object[a.name])
	if !hasText || !hasKey || key == otherValue {
		return
	}
	if want := a.enum[key].Caption; want != "" && text != want {
		v.add(join(at, a.sibling), "%q, but %s %s is %q", text, a.name, key, want)
	}
}

// constraint checks that enough, and not too many, of the named attributes are there.
func (v *validation) constraint(at, kind string, names []string, object map[string]any) {
	present := 0
	for _, name := range names {
		if _, ok := object[name]; ok {
			present++
		}
	}
	switch {
	case kind == "at_least_one" && present == 0:
		v.add(at, "at least one is wanted of: %s", strings.Join(names, " "))
	case kind == "just_one" && present != 1:
		v.add(at, "exactly one is wanted of: %s; there are %d", strings.Join(names, " "), present)
	}
}

// join is the path of a member.
func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// index is the path of an element.
func index(at string, i int) string { return at + "[" + strconv.Itoa(i) + "]" }
