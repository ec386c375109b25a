package sigma

import (
	"encoding/json"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// appendJSON writes a node as JSON, its members in their order but without
// those that skip names. In every text {n} becomes the number n.
func appendJSON(dst []byte, n *yaml.Node, copyNumber int, skip func(key string) bool) []byte {
	n = real(n)
	switch n.Kind {
	case yaml.MappingNode:
		dst = append(dst, '{')
		first := true
		pairs(n, func(key, v *yaml.Node) {
			if skip != nil && skip(key.Value) {
				return
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = appendJSONText(dst, number(key.Value, copyNumber))
			dst = append(dst, ':')
			dst = appendJSON(dst, v, copyNumber, nil)
		})
		return append(dst, '}')
	case yaml.SequenceNode:
		dst = append(dst, '[')
		for i, c := range n.Content {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, c, copyNumber, nil)
		}
		return append(dst, ']')
	}
	switch n.Tag {
	case "!!null":
		return append(dst, "null"...)
	case "!!bool":
		return append(dst, scalarText(n)...)
	case "!!int", "!!float":
		if text := scalarText(n); isJSONNumber(text) {
			return append(dst, text...)
		}
	}
	return appendJSONText(dst, number(n.Value, copyNumber))
}

func number(text string, n int) string { return strings.ReplaceAll(text, "{n}", strconv.Itoa(n)) }

// appendJSONText writes a JSON string; what is no UTF-8 is replaced.
func appendJSONText(dst []byte, text string) []byte {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(text) != nil {
		return append(dst, `""`...)
	}
	return append(dst, strings.TrimSuffix(b.String(), "\n")...)
}

// isJSONNumber reports whether YAML's way of writing a number is JSON's too.
func isJSONNumber(text string) bool {
	if text == "" || !strings.ContainsRune("-0123456789", rune(text[0])) {
		return false
	}
	return json.Valid([]byte(text))
}
