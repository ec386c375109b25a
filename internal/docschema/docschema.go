// Package docschema compares JSON documents with the schemas in docs/schema,
// and the tables in docs/output.md with those schemas. It is linked into
// tests only.
package docschema

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Set is the schemas of a directory.
type Set struct{ dir string }

// Dir returns the schemas in a directory.
func Dir(dir string) Set { return Set{dir} }

// Validate returns what is wrong with a document by the schema in file: what
// the schema forbids, and members that it does not describe.
func (s Set) Validate(file string, doc []byte) []error {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, f := range s.files() {
		v, err := s.read(f)
		if err != nil {
			return []error{err}
		}
		if err := c.AddResource(v.(map[string]any)["$id"].(string), v); err != nil {
			return []error{err}
		}
	}
	root, err := s.read(file)
	if err != nil {
		return []error{err}
	}
	schema, err := c.Compile(root.(map[string]any)["$id"].(string))
	if err != nil {
		return []error{err}
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(doc)))
	if err != nil {
		return []error{err}
	}
	var out []error
	if err := schema.Validate(value); err != nil {
		out = append(out, err)
	}
	return append(out, s.undescribed(file, root.(map[string]any), value, file)...)
}

func (s Set) files() []string {
	paths, _ := filepath.Glob(filepath.Join(s.dir, "*.schema.json"))
	for i, p := range paths {
		paths[i] = filepath.Base(p)
	}
	return paths
}

func (s Set) read(file string) (any, error) {
	b, err := os.ReadFile(filepath.Join(s.dir, file))
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
}

// undescribed names the members of a value that its schema, which stands in
// file, does not describe.
func (s Set) undescribed(file string, schema map[string]any, value any, at string) []error {
	file, schema = s.resolve(file, schema)
	var out []error
	switch v := value.(type) {
	case map[string]any:
		if schema["additionalProperties"] != nil {
			return nil
		}
		props, _ := schema["properties"].(map[string]any)
		for name, member := range v {
			p, ok := props[name].(map[string]any)
			if !ok {
				out = append(out, fmt.Errorf("%s.%s is not described", at, name))
				continue
			}
			out = append(out, s.undescribed(file, p, member, at+"."+name)...)
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for _, item := range v {
			out = append(out, s.undescribed(file, items, item, at+"[]")...)
		}
	}
	return out
}

// resolve follows a reference; what stands beside it is kept.
func (s Set) resolve(file string, schema map[string]any) (string, map[string]any) {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return file, schema
	}
	other, pointer, _ := strings.Cut(ref, "#")
	if other == "" {
		other = file
	}
	doc, err := s.read(other)
	if err != nil {
		return file, nil
	}
	target := doc.(map[string]any)
	for _, step := range strings.Split(strings.Trim(pointer, "/"), "/") {
		if step != "" {
			target, _ = target[step].(map[string]any)
		}
	}
	merged := map[string]any{}
	for k, v := range target {
		merged[k] = v
	}
	for k, v := range schema {
		if k != "$ref" {
			merged[k] = v
		}
	}
	return other, merged
}

// Table writes the members that the schema in file describes as a table of
// Markdown: nested ones by their path.
func (s Set) Table(file string) (string, error) {
	root, err := s.read(file)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| member | type | meaning |\n|---|---|---|\n")
	s.rows(&b, file, root.(map[string]any), "")
	return b.String(), nil
}

func (s Set) rows(b *strings.Builder, file string, schema map[string]any, prefix string) {
	props, _ := schema["properties"].(map[string]any)
	for _, name := range order(schema, props) {
		p, _ := props[name].(map[string]any)
		_, external := p["$ref"].(string)
		in, r := s.resolve(file, p)
		items, _ := r["items"].(map[string]any)
		itemRef, _ := items["$ref"].(string)
		_, item := s.resolve(in, items)
		path := prefix + "`" + name + "`"
		fmt.Fprintf(b, "| %s | %s | %s |\n", path, typeWords(r, item), strings.ReplaceAll(fmt.Sprint(r["description"]), "|", `\|`))
		inner := prefix + name
		switch {
		case itemRef != "" && !strings.HasPrefix(itemRef, "#"): // has a table of its own
		case item["properties"] != nil && !simple(itemRef):
			s.rows(b, in, item, dotted(inner+"[]"))
		case external && r["properties"] != nil:
			s.rows(b, in, r, dotted(inner))
		}
	}
}

// dotted is the beginning of the paths below a member.
func dotted(path string) string { return strings.ReplaceAll(path, "`", "") + "." }

// simple reports whether a definition needs no rows below a list of it.
func simple(ref string) bool {
	return slices.Contains([]string{"#/$defs/tactic", "#/$defs/technique"}, ref)
}

// order returns the members in the order in which they are required, which is
// that of the documents.
func order(schema, props map[string]any) []string {
	var out []string
	required, _ := schema["required"].([]any)
	for _, r := range required {
		out = append(out, fmt.Sprint(r))
	}
	var rest []string
	for name := range props {
		if !slices.Contains(out, name) {
			rest = append(rest, name)
		}
	}
	sort.Strings(rest)
	return append(out, rest...)
}

// typeWords is the type of a member in a word or two.
func typeWords(schema, item map[string]any) string {
	switch {
	case schema["const"] != nil:
		return fmt.Sprintf("`%v`", schema["const"])
	case schema["enum"] != nil:
		var words []string
		for _, e := range schema["enum"].([]any) {
			if e == "" {
				continue
			}
			words = append(words, fmt.Sprint(e))
		}
		return strings.Join(words, ", ")
	case schema["format"] == "date-time":
		return "time or null"
	case schema["type"] == "array" && item["type"] == "object":
		return "list of objects"
	case schema["type"] == "array":
		return "list of texts"
	case schema["type"] == "string":
		return "text"
	case schema["type"] == "integer", schema["type"] == "number":
		return "number"
	case schema["type"] == "boolean":
		return "true, false"
	}
	b, _ := json.Marshal(schema["type"])
	return strings.Trim(string(b), `"`)
}
