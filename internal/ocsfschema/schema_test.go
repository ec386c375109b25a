package ocsfschema

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// smallSchema is a framework of two classes, made for these tests: one of everything that definitions can say.
var smallSchema = map[string]string{
	"version.json":    `{"version": "9.9.9"}`,
	"categories.json": `{"attributes": {"sea": {"uid": 3, "caption": "Sea Activity"}}}`,
	"dictionary.json": `{
		"attributes": {
			"activity_id": {"type": "integer_t", "sibling": "activity_name", "enum": {"0": {"caption": "Unknown"}}},
			"activity_name": {"type": "string_t"},
			"category_uid": {"type": "integer_t", "sibling": "category_name"},
			"category_name": {"type": "string_t"},
			"class_uid": {"type": "integer_t", "sibling": "class_name"},
			"class_name": {"type": "string_t"},
			"type_uid": {"type": "long_t", "sibling": "type_name"},
			"type_name": {"type": "string_t"},
			"time": {"type": "timestamp_t"},
			"metadata": {"type": "metadata"},
			"profiles": {"type": "string_t", "is_array": true},
			"version": {"type": "string_t"},
			"unmapped": {"type": "object"},
			"ship": {"type": "ship"},
			"fleet": {"type": "ship", "is_array": true},
			"name": {"type": "string_t", "observable": 50},
			"uid": {"type": "string_t"},
			"flag": {"type": "string_t", "enum": {"red": {"caption": "Red"}}},
			"port": {"type": "port_t"},
			"ip": {"type": "ip_t"},
			"subnet": {"type": "subnet_t"},
			"digest": {"type": "hex_t"},
			"depth": {"type": "float_t"},
			"afloat": {"type": "boolean_t"},
			"cargo": {"type": "json_t"},
			"built_time": {"type": "timestamp_t"},
			"pilot": {"type": "string_t"},
			"rower_uid": {"type": "integer_t"},
			"sightings": {"type": "observable", "is_array": true},
			"type_id": {"type": "integer_t"}
		},
		"types": {"attributes": {
			"string_t": {}, "integer_t": {}, "long_t": {}, "float_t": {}, "boolean_t": {}, "json_t": {},
			"timestamp_t": {"type": "long_t"},
			"datetime_t": {"type": "string_t", "regex": "[0-9-]+T[0-9:]+Z"},
			"port_t": {"type": "integer_t", "range": [0, 65535]},
			"ip_t": {"type": "string_t", "max_len": 40, "caption": "Address", "observable": 51},
			"subnet_t": {"type": "string_t"},
			"hex_t": {"type": "string_t", "regex": "[0-9a-f]+"}
		}}
	}`,
	"objects/object.json":     `{"name": "object", "attributes": {}}`,
	"objects/_entity.json":    `{"name": "_entity", "extends": "object", "attributes": {"name": {}, "uid": {"observable": 52}}, "constraints": {"at_least_one": ["name", "uid"]}}`,
	"objects/metadata.json":   `{"name": "metadata", "extends": "object", "attributes": {"version": {"requirement": "required"}, "profiles": {}}}`,
	"objects/observable.json": `{"name": "observable", "extends": "object", "attributes": {"type_id": {"requirement": "required", "enum": {"0": {"caption": "Unknown"}}}}}`,
	"objects/ship.json": `{"name": "ship", "extends": "_entity", "observable": 53, "attributes": {
		"flag": {}, "port": {}, "ip": {}, "subnet": {}, "digest": {}, "depth": {}, "afloat": {}, "cargo": {}, "built_time": {}, "fleet": {}
	}}`,
	"profiles/harbour.json":               `{"name": "harbour", "meta": "profile", "attributes": {"pilot": {"requirement": "required"}, "port": {}}}`,
	"profiles/datetime.json":              `{"name": "datetime", "meta": "profile", "attributes": {}}`,
	"extensions/oars/extension.json":      `{"name": "oars"}`,
	"extensions/oars/profiles/rower.json": `{"name": "rower", "meta": "profile", "attributes": {"rower_uid": {}}}`,
	"extensions/oars/objects/ship.json":   `{"extends": "ship", "attributes": {"$include": ["profiles/rower.json"]}}`,
	"events/base_event.json": `{"name": "base_event", "caption": "Base Event", "category": "other", "attributes": {
		"$include": ["profiles/harbour.json"],
		"activity_id": {"requirement": "required", "enum": {"99": {"caption": "Other"}}}, "activity_name": {},
		"category_uid": {"requirement": "required"}, "category_name": {},
		"class_uid": {"requirement": "required"}, "class_name": {},
		"type_uid": {"requirement": "required"}, "type_name": {},
		"time": {"requirement": "required"}, "metadata": {"requirement": "required"}, "unmapped": {}, "sightings": {}
	}}`,
	"events/sea/sea.json":     `{"name": "sea", "category": "sea", "extends": "base_event", "attributes": {}}`,
	"events/sea/voyage.json":  `{"name": "voyage", "uid": 4, "caption": "Voyage", "extends": "sea", "attributes": {"activity_id": {"enum": {"1": {"caption": "Depart"}}}, "ship": {"requirement": "required"}, "fleet": {}}}`,
	"events/sea/landing.json": `{"name": "landing", "uid": 5, "caption": "Landing", "extends": "sea", "attributes": {"pilot": {"profile": null}, "ship": {}, "fleet": {}}, "constraints": {"just_one": ["ship", "fleet"]}}`,
}

// filesystem is smallSchema with some files replaced.
func filesystem(replaced map[string]string) fstest.MapFS {
	files := maps.Clone(smallSchema)
	maps.Copy(files, replaced)
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// small loads smallSchema.
func small(t *testing.T) *Schema {
	t.Helper()
	s, err := Load(filesystem(nil))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLoadErrors(t *testing.T) {
	tests := []struct{ file, text, want string }{
		{"version.json", `{`, "version.json"},
		{"dictionary.json", `{"types": {"attributes": {"x_t": {"regex": "("}}}}`, "type x_t"},
		{"objects/ship.json", `{"name": "ship", "attributes": []}`, "objects/ship.json"},
		{"objects/ship.json", `{"name": "ship", "attributes": {"$include": 1}}`, "$include"},
		{"objects/ship.json", `{"name": "ship", "attributes": {"name": 1}}`, "attribute name"},
		{"objects/ship.json", `{"name": "ship", "extends": "gone", "attributes": {}}`, "extends gone"},
		{"objects/ship.json", `{"name": "ship", "extends": "ship", "attributes": {}}`, "extends itself"},
		{"objects/ship.json", `{"name": "ship", "attributes": {"keel": {}}}`, "keel is not in the dictionary"},
		{"objects/ship.json", `{"name": "ship", "attributes": {"$include": ["profiles/gone.json"]}}`, "profiles/gone.json"},
		{"objects/ship.json", `{"name": "ship", "attributes": {"name": {"type": "gone_t"}}}`, `"gone_t"`},
		{"extensions/oars/objects/x.json", `{"extends": "gone", "attributes": {}}`, `"gone"`},
		{"events/sea/sea.json", `{"name": "sea", "category": "lake", "extends": "base_event", "attributes": {}}`, `"lake"`},
	}
	for _, tt := range tests {
		_, err := Load(filesystem(map[string]string{tt.file: tt.text}))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Load with %s = %s: %v, want an error about %q", tt.file, tt.text, err, tt.want)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("Load of an empty directory: no error")
	}
}

func TestLoad(t *testing.T) {
	s := small(t)
	if s.Version() != "9.9.9" {
		t.Errorf("Version() = %q", s.Version())
	}
	for uid, want := range map[int64]bool{0: true, 3000: false, 3004: true, 3005: true} {
		if got := s.classes[uid] != nil; got != want {
			t.Errorf("class %d exists: %v, want %v", uid, got, want)
		}
	}
	for _, name := range []string{"harbour", "datetime", "oars/rower"} {
		if !s.profiles[name] {
			t.Errorf("profile %s is missing from %v", name, s.profiles)
		}
	}
}
