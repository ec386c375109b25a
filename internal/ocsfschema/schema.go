package ocsfschema

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// Schema is a version of the framework, ready to validate events. It is read-only and may be shared.
type Schema struct {
	version  string
	scalars  map[string]*scalar
	objects  map[string]*structure
	classes  map[int64]*class
	profiles map[string]bool
}

// structure is an object or a class with everything it inherits.
type structure struct {
	attributes  map[string]*attribute
	constraints map[string][]string
}

// class is an event class that events can have: not one that others only extend.
type class struct {
	structure
	uid int64
}

// attribute is one attribute of a structure.
type attribute struct {
	name     string
	required bool
	profile  string // present only under this profile; empty: always
	isArray  bool
	typeName string
	scalar   *scalar // nil when typeName names an object
	enum     map[string]enumEntry
	sibling  string // the attribute that carries the caption of this one's value
}

// scalar is a type of the dictionary.
type scalar struct {
	name   string
	base   string // string_t, integer_t, long_t, float_t, boolean_t or json_t
	regex  *regexp.Regexp
	maxLen int
	min    int64
	max    int64
	ranged bool
}

// genericObject is the object type whose content no definition limits.
const genericObject = "object"

// Load reads the published definitions. fsys is the root of the framework's repository, where version.json,
// categories.json and dictionary.json lie beside events, objects, profiles and extensions. An error names the file or the
// definition that does not fit the others.
func Load(fsys fs.FS) (*Schema, error) {
	src, err := readSource(fsys)
	if err != nil {
		return nil, fmt.Errorf("OCSF schema: %w", err)
	}
	s := &Schema{
		version:  src.version,
		scalars:  map[string]*scalar{},
		objects:  map[string]*structure{},
		classes:  map[int64]*class{},
		profiles: map[string]bool{},
	}
	for name, text := range src.dictionary.Types.Attributes {
		if s.scalars[name], err = newScalar(name, text); err != nil {
			return nil, fmt.Errorf("OCSF schema: type %s: %w", name, err)
		}
	}
	r, err := newResolver(src)
	if err != nil {
		return nil, fmt.Errorf("OCSF schema: %w", err)
	}
	for _, p := range src.profiles {
		s.profiles[r.profileName(p)] = true
	}
	for name, def := range r.objects {
		if s.objects[name], err = s.structureOf(r, def); err != nil {
			return nil, fmt.Errorf("OCSF schema: object %s: %w", name, err)
		}
	}
	for name, def := range r.classes {
		c, err := s.classOf(r, def, src.categories)
		if err != nil {
			return nil, fmt.Errorf("OCSF schema: class %s: %w", name, err)
		}
		if c != nil {
			s.classes[c.uid] = c
		}
	}
	if err := s.checkTypes(); err != nil {
		return nil, fmt.Errorf("OCSF schema: %w", err)
	}
	return s, nil
}

// Version is the version of the framework, such as "1.8.0": what metadata.version has to say.
func (s *Schema) Version() string { return s.version }

// structureOf resolves an object.
func (s *Schema) structureOf(r *resolver, def *definition) (*structure, error) {
	whole, err := r.resolve(def)
	if err != nil {
		return nil, err
	}
	out := &structure{attributes: map[string]*attribute{}, constraints: whole.constraints}
	for name, text := range whole.attributes {
		out.attributes[name] = s.attributeOf(name, text)
	}
	return out, nil
}

// attributeOf turns the merged text of an attribute into its final form.
func (s *Schema) attributeOf(name string, text attributeText) *attribute {
	a := &attribute{name: name, profile: text.Profile.name, enum: text.Enum}
	if text.Requirement != nil {
		a.required = *text.Requirement == "required"
	}
	if text.IsArray != nil {
		a.isArray = *text.IsArray
	}
	if text.Sibling != nil {
		a.sibling = *text.Sibling
	}
	if text.Type != nil {
		a.typeName = *text.Type
		a.scalar = s.scalars[a.typeName]
	}
	return a
}

// classOf resolves an event class, or returns nil for one that events cannot have. A class's number is its category's
// times 1,000 plus its own; an event type's is the class's times 100 plus the activity's.
func (s *Schema) classOf(r *resolver, def *definition, cats categories) (*class, error) {
	whole, err := r.resolve(def)
	if err != nil {
		return nil, err
	}
	if def.UID == 0 && def.Extends != "" {
		return nil, nil
	}
	category, known := cats.Attributes[whole.category]
	if !known && def.UID != 0 {
		return nil, fmt.Errorf("category %q is not in categories.json", whole.category)
	}
	body, err := s.structureOf(r, def)
	if err != nil {
		return nil, err
	}
	c := &class{structure: *body, uid: category.UID*1000 + def.UID}
	identify := func(attr string, enum map[string]enumEntry) {
		if a := c.attributes[attr]; a != nil {
			a.enum = enum
		}
	}
	if known {
		identify("category_uid", map[string]enumEntry{strconv.FormatInt(category.UID, 10): {category.Caption}})
	}
	identify("class_uid", map[string]enumEntry{strconv.FormatInt(c.uid, 10): {def.Caption}})
	if activity := c.attributes["activity_id"]; activity != nil {
		types := map[string]enumEntry{}
		for id, entry := range activity.enum {
			if n, err := strconv.ParseInt(id, 10, 64); err == nil {
				types[strconv.FormatInt(c.uid*100+n, 10)] = enumEntry{def.Caption + ": " + entry.Caption}
			}
		}
		identify("type_uid", types)
	}
	return c, nil
}

// checkTypes makes sure that every attribute has a type that exists.
func (s *Schema) checkTypes() error {
	check := func(in string, st *structure) error {
		for name, a := range st.attributes {
			if a.scalar == nil && s.objects[a.typeName] == nil {
				return fmt.Errorf("%s: attribute %s has the unknown type %q", in, name, a.typeName)
			}
		}
		return nil
	}
	for name, o := range s.objects {
		if err := check("object "+name, o); err != nil {
			return err
		}
	}
	for uid, c := range s.classes {
		if err := check("class "+strconv.FormatInt(uid, 10), &c.structure); err != nil {
			return err
		}
	}
	return nil
}

// newScalar compiles a type of the dictionary. A pattern describes the whole value.
func newScalar(name string, text scalarText) (*scalar, error) {
	sc := &scalar{name: name, base: name, maxLen: text.MaxLen}
	if text.Type != "" {
		sc.base = text.Type
	}
	if text.Regex != "" {
		var err error
		if sc.regex, err = regexp.Compile("^(?:" + strings.TrimSpace(text.Regex) + ")$"); err != nil {
			return nil, err
		}
	}
	if len(text.Range) == 2 {
		sc.ranged, sc.min, sc.max = true, text.Range[0], text.Range[1]
	}
	return sc, nil
}
