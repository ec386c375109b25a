package ocsfschema

import (
	"fmt"
	"path"
	"strconv"
)

// observableObject is the object whose type_id enumerates everything in the schema that is marked as observable.
const observableObject = "observable"

// resolver adds up what a definition says itself, includes, extends, and leaves to the dictionary.
type resolver struct {
	dictionary map[string]attributeText
	objects    map[string]*definition
	classes    map[string]*definition
	patches    map[*definition][]*definition // what extensions add to a core object
	files      map[string]*definition        // everything that can be included, by path
	observable map[string]enumEntry
}

// resolved is a definition with all it inherits.
type resolved struct {
	category    string
	attributes  map[string]attributeText
	constraints map[string][]string
}

// newResolver indexes the definitions. An object without a name changes the object it extends.
func newResolver(src *source) (*resolver, error) {
	r := &resolver{
		dictionary: src.dictionary.Attributes,
		objects:    map[string]*definition{},
		classes:    map[string]*definition{},
		patches:    map[*definition][]*definition{},
		files:      map[string]*definition{},
		observable: map[string]enumEntry{},
	}
	for _, def := range src.objects {
		if def.Name != "" {
			r.objects[def.Name] = def
		}
	}
	for _, def := range src.objects {
		if def.Name != "" {
			continue
		}
		base := r.objects[def.Extends]
		if base == nil {
			return nil, fmt.Errorf("%s extends %q, which does not exist", def.file, def.Extends)
		}
		r.patches[base] = append(r.patches[base], def)
	}
	for _, def := range src.classes {
		r.classes[def.Name] = def
	}
	for _, def := range src.profiles {
		r.files[def.file] = def
	}
	r.collectObservables(src)
	return r, nil
}

// collectObservables finds the numbers that mark types, attributes and objects as observable. For an attribute that one
// structure marks, the caption is left open.
func (r *resolver) collectObservables(src *source) {
	note := func(uid *int64, caption string) {
		if uid != nil {
			r.observable[strconv.FormatInt(*uid, 10)] = enumEntry{caption}
		}
	}
	for _, t := range src.dictionary.Types.Attributes {
		note(t.Observable, t.Caption)
	}
	for _, a := range src.dictionary.Attributes {
		note(a.Observable, a.Caption)
	}
	for _, defs := range [][]*definition{src.objects, src.classes, src.profiles} {
		for _, def := range defs {
			note(def.Observable, def.Caption)
			for _, a := range def.Attributes.byName {
				note(a.Observable, "")
			}
		}
	}
}

// profileName is how metadata.profiles refers to a profile: an extension's has the extension's name before it.
func (r *resolver) profileName(def *definition) string {
	return path.Join(def.extension, def.Name)
}

// resolve returns the definition with what it inherits, includes and is patched with.
func (r *resolver) resolve(def *definition) (*resolved, error) {
	chain, err := r.chain(def)
	if err != nil {
		return nil, err
	}
	out := &resolved{attributes: map[string]attributeText{}, constraints: map[string][]string{}}
	for i := len(chain) - 1; i >= 0; i-- {
		for _, layer := range append([]*definition{chain[i]}, r.patches[chain[i]]...) {
			if err := r.lay(layer, out); err != nil {
				return nil, err
			}
		}
	}
	for name, text := range out.attributes {
		base, known := r.dictionary[name]
		if !known {
			return nil, fmt.Errorf("attribute %s is not in the dictionary", name)
		}
		out.attributes[name] = text.over(base)
	}
	if def.Name == observableObject {
		id := out.attributes["type_id"]
		out.attributes["type_id"] = attributeText{Enum: r.observable}.over(id)
	}
	return out, nil
}

// chain is the definition, the one it extends, and so on.
func (r *resolver) chain(def *definition) ([]*definition, error) {
	from := r.objects
	if r.classes[def.Name] == def {
		from = r.classes
	}
	chain := []*definition{def}
	for def.Extends != "" {
		parent := from[def.Extends]
		if parent == nil {
			return nil, fmt.Errorf("%s extends %s, which does not exist", def.file, def.Extends)
		}
		if len(chain) > len(from) {
			return nil, fmt.Errorf("%s extends itself", def.file)
		}
		chain = append(chain, parent)
		def = parent
	}
	return chain, nil
}

// lay writes one definition over what its parents gave. Attributes of an included profile belong to that profile unless
// they say otherwise.
func (r *resolver) lay(def *definition, out *resolved) error {
	if def.Category != "" {
		out.category = def.Category
	}
	for kind, names := range def.Constraints {
		out.constraints[kind] = names
	}
	for _, file := range def.Attributes.include {
		included := r.included(def, file)
		if included == nil {
			return fmt.Errorf("%s includes %s, which does not exist", def.file, file)
		}
		for name, text := range included.Attributes.byName {
			if !text.Profile.set {
				text.Profile = profileName{set: true, name: r.profileName(included)}
			}
			out.attributes[name] = text.over(out.attributes[name])
		}
	}
	for name, text := range def.Attributes.byName {
		out.attributes[name] = text.over(out.attributes[name])
	}
	return nil
}

// included finds an included file: in the definition's own extension first, then in the core.
func (r *resolver) included(def *definition, file string) *definition {
	if def.extension != "" {
		if found := r.files[path.Join("extensions", def.extension, file)]; found != nil {
			return found
		}
	}
	return r.files[file]
}
