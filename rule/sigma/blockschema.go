package sigma

import (
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// BlockSchema is the JSON Schema (draft 2020-12) of the lynceus block.
//
//go:embed lynceus-block.schema.json
var BlockSchema string

// compiledSchema is BlockSchema, ready to validate. It is part of the binary,
// so an error is one of the build; the package's tests compile it.
var compiledSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(BlockSchema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	const id = "urn:lynceus:rule:lynceus-block"
	if err := c.AddResource(id, doc); err != nil {
		return nil, err
	}
	return c.Compile(id)
})

// validateBlock records where the block breaks its schema.
func (d *document) validateBlock(block *yaml.Node) (sound bool) {
	schema, err := compiledSchema()
	if err != nil {
		d.errorAt(pos(block), "lynceus", "", "its schema: %v", err)
		return false
	}
	err = schema.Validate(plainValue(block))
	if err == nil {
		return true
	}
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		d.errorAt(pos(block), "lynceus", "", "%v", err)
		return false
	}
	d.schemaErrors(block, ve)
	return false
}

// schemaErrors records the innermost errors of a validation, each at the YAML
// node it is about.
func (d *document) schemaErrors(block *yaml.Node, ve *jsonschema.ValidationError) {
	switch k := ve.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		n := descend(block, ve.InstanceLocation)
		for _, name := range k.Properties {
			if key, _ := member(n, name); key != nil {
				d.errorAt(pos(key), "lynceus", "docs/lynceus-block.md lists the members", "%q is no member here", name)
			}
		}
		return
	case *kind.AnyOf, *kind.OneOf, *kind.Not:
		// The branches that failed say less than the whole.
	default:
		if len(ve.Causes) > 0 {
			for _, cause := range ve.Causes {
				d.schemaErrors(block, cause)
			}
			return
		}
	}
	where := strings.Join(append([]string{"lynceus"}, ve.InstanceLocation...), ".")
	d.errorAt(pos(descend(block, ve.InstanceLocation)), where, "", "%s", schemaReason(ve))
}

// schemaReason returns an error in the validator's words, or in ours where
// those do not help.
func schemaReason(ve *jsonschema.ValidationError) string {
	switch k := ve.ErrorKind.(type) {
	case *kind.AnyOf:
		return "an adjustment needs if or novel"
	case *kind.OneOf:
		return "an adjustment has either set or raise"
	case *kind.Not:
		return "to raise by 0 does nothing"
	case *kind.Pattern:
		return fmt.Sprintf("%q is no time span: a whole number and a unit, such as 90s, 15m, 24h, 7d", k.Got)
	}
	return ve.ErrorKind.LocalizedString(message.NewPrinter(language.English))
}

// descend returns the node at a JSON location, or the nearest above it.
func descend(n *yaml.Node, location []string) *yaml.Node {
	for _, step := range location {
		next := n
		switch n.Kind {
		case yaml.MappingNode:
			_, next = member(n, step)
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
				next = real(n.Content[i])
			}
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// plainValue returns a node as the values that a JSON document would have.
func plainValue(n *yaml.Node) any {
	n = real(n)
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		pairs(n, func(key, v *yaml.Node) { m[key.Value] = plainValue(v) })
		return m
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			list = append(list, plainValue(c))
		}
		return list
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return scalarText(n) == "true"
	case "!!int":
		if i, err := strconv.ParseInt(scalarText(n), 10, 64); err == nil {
			return i
		}
	case "!!float":
		var f float64
		if n.Decode(&f) == nil && isJSONNumber(n.Value) {
			return f
		}
	}
	return n.Value
}
