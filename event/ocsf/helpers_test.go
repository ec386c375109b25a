package ocsf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/ocsf"
	"github.com/lynceus-io/lynceus/internal/ocsfschema"
	"github.com/lynceus-io/lynceus/internal/require"
)

// noon is 2026-03-04T12:00:00.123456789Z.
const noon = 1772625600_123456789

func published(tb testing.TB) *ocsfschema.Schema {
	tb.Helper()
	s, err := ocsfschema.Load(os.DirFS(filepath.Join(require.Corpora(tb), "ocsf")))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// document encodes an event and decodes the document, with numbers as
// json.Number.
func document(tb testing.TB, enc *ocsf.Encoder, e *event.Event) map[string]any {
	tb.Helper()
	text := enc.Append([]byte("before"), e)
	text, ok := bytes.CutPrefix(text, []byte("before"))
	if !ok || bytes.ContainsAny(text, "\n\r") || !utf8.Valid(text) {
		tb.Fatalf("%q: not one line of UTF-8 after what was there", text)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	v, err := unique(dec, "")
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		tb.Fatalf("%s: more than one value", text)
	}
	doc, ok := v.(map[string]any)
	if !ok {
		tb.Fatalf("%s: no object", text)
	}
	return doc
}

// unique decodes a value whose objects must not repeat a name. Below data,
// which sources wrote, they may.
func unique(dec *json.Decoder, name string) (any, error) {
	if name == "data" {
		var v any
		return v, dec.Decode(&v)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := unique(dec, "")
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = dec.Token()
		return list, err
	case json.Delim('{'):
		object := map[string]any{}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			key, ok := name.(string)
			if _, twice := object[key]; twice || !ok {
				return nil, fmt.Errorf("member %q stands twice", name)
			}
			if object[key], err = unique(dec, key); err != nil {
				return nil, err
			}
		}
		_, err = dec.Token()
		return object, err
	}
	return token, nil
}

var errAbsent = errors.New("absent")

// lookUp returns the value at an OCSF path; of a path with [] the list of all
// elements' values.
func lookUp(v any, path string) (any, error) {
	if path == "" {
		return v, nil
	}
	part, rest, _ := strings.Cut(path, ".")
	name, element, isList := strings.Cut(part, "[")
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: no object around it", path)
	}
	if v, ok = object[name]; !ok {
		return nil, errAbsent
	}
	if !isList {
		return lookUp(v, rest)
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s: no list", path)
	}
	if element == "0]" {
		if len(list) != 1 {
			return nil, fmt.Errorf("%s: %d elements", path, len(list))
		}
		return lookUp(list[0], rest)
	}
	out := []any{}
	for _, v := range list {
		v, err := lookUp(v, rest)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// set gives a field a value: text, a number or a list, as its type wants.
func set(e *event.Event, f *event.Field, text string, number int64, list []string) {
	switch f.Type {
	case event.TypeInt, event.TypeTime:
		event.IntField(f.ID).Set(e, number)
	case event.TypeBool:
		event.BoolField(f.ID).Set(e, number != 0)
	case event.TypeStrings:
		event.StringsField(f.ID).Set(e, list)
	default:
		event.StringField(f.ID).Set(e, text)
	}
}
