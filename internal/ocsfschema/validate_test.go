package ocsfschema

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// decode reads a JSON document with numbers as json.Number.
func decode(t testing.TB, text string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return doc
}

// patched decodes a base document and then a second one over its top-level members; null takes a member away.
func patched(t testing.TB, base, over string) map[string]any {
	t.Helper()
	doc := decode(t, base)
	for name, value := range decode(t, over) {
		if value == nil {
			delete(doc, name)
			continue
		}
		doc[name] = value
	}
	return doc
}

// checkProblems compares problems with the fragments they should hold, in order.
func checkProblems(t *testing.T, over string, got []error, want []string) {
	t.Helper()
	match := slices.EqualFunc(got, want, func(err error, fragment string) bool { return strings.Contains(err.Error(), fragment) })
	if !match {
		t.Errorf("Validate with %s:\n got %q\nwant %q", over, got, want)
	}
}

const voyage = `{
	"class_uid": 3004, "category_uid": 3, "activity_id": 1, "type_uid": 300401, "time": 1700000000000,
	"metadata": {"version": "9.9.9"}, "ship": {"name": "Argo"}
}`

func TestValidate(t *testing.T) {
	tests := []struct {
		over string
		want []string
	}{
		{`{}`, nil},
		{`{"class_uid": null}`, []string{"class_uid: missing"}},
		{`{"class_uid": 3000}`, []string{"class_uid: no event class has the number 3000"}},
		{`{"class_uid": "3004"}`, []string{"class_uid: missing"}},
		{`{"ship": null}`, []string{"ship: required"}},
		{`{"time": null, "metadata": {}}`, []string{"metadata.version: required", "time: required"}},
		{`{"metadata": {"version": "1.0.0"}}`, []string{`metadata.version: "1.0.0"`}},
		{`{"mast": 1}`, []string{"mast: unknown attribute"}},
		{`{"unmapped": {"mast": {"height": [1, null]}}}`, nil},
		{`{"unmapped": 1}`, []string{"unmapped: a number where an object"}},

		{`{"category_uid": 4}`, []string{"category_uid: 4 is none of its values: 3"}},
		{`{"activity_id": 2}`, []string{"activity_id: 2 is none of its values: 0 1 99", "type_uid: 300401 is not class_uid * 100 + activity_id = 300402"}},
		{`{"type_uid": 300402}`, []string{"type_uid: 300402 is none", "type_uid: 300402 is not"}},
		{`{"activity_id": 0}`, []string{"type_uid: 300401 is not class_uid * 100 + activity_id = 300400"}},
		{`{"activity_id": 99, "type_uid": 300499, "activity_name": "Drift", "type_name": "Voyage: Other"}`, nil},
		{`{"activity_name": "Depart", "type_name": "Voyage: Depart", "class_name": "Voyage", "category_name": "Sea Activity"}`, nil},
		{`{"activity_name": "Return", "class_name": "Trip"}`, []string{`activity_name: "Return", but activity_id 1 is "Depart"`, `class_name: "Trip"`}},

		{`{"time": 1700000000}`, []string{"time: 1700000000 is before the year 2000"}},
		{`{"time": 1700000000000000}`, []string{"time: 1700000000000000 is no time in milliseconds"}},
		{`{"time": 1700000000000.5}`, []string{"time: a number where timestamp_t"}},
		{`{"time": "2024-01-01T00:00:00Z"}`, []string{"time: a string where timestamp_t"}},

		{`{"ship": "Argo"}`, []string{"ship: a string where an object (ship)"}},
		{`{"ship": [{"name": "Argo"}]}`, []string{"ship: an array where an object"}},
		{`{"ship": {}}`, []string{"ship: at least one is wanted of: name uid"}},
		{`{"ship": {"uid": "7"}}`, nil},
		{`{"ship": {"name": null}}`, []string{"ship.name: null"}},
		{`{"ship": {"name": 5}}`, []string{"ship.name: a number where string_t"}},
		{`{"ship": {"name": "a", "flag": "red"}}`, nil},
		{`{"ship": {"name": "a", "flag": "blue"}}`, []string{"ship.flag: blue is none of its values: red"}},
		{`{"ship": {"name": "a", "port": 65535}}`, nil},
		{`{"ship": {"name": "a", "port": 65536}}`, []string{"ship.port: 65536 is not between 0 and 65535"}},
		{`{"ship": {"name": "a", "port": "80"}}`, []string{"ship.port: a string where port_t"}},
		{`{"ship": {"name": "a", "ip": "2001:db8::1"}}`, nil},
		{`{"ship": {"name": "a", "ip": "192.0.2.256"}}`, []string{`ship.ip: "192.0.2.256" is no ip_t`}},
		{`{"ship": {"name": "a", "ip": "192.0.2.1:80"}}`, []string{"ship.ip"}},
		{`{"ship": {"name": "a", "subnet": "192.0.2.0/24"}}`, nil},
		{`{"ship": {"name": "a", "subnet": "192.0.2.0"}}`, []string{"ship.subnet"}},
		{`{"ship": {"name": "a", "digest": "beef"}}`, nil},
		{`{"ship": {"name": "a", "digest": "beef!"}}`, []string{"ship.digest"}},
		{`{"ship": {"name": "a", "depth": 1.5, "afloat": true, "cargo": [null, {"x": 1}]}}`, nil},
		{`{"ship": {"name": "a", "depth": "1.5", "afloat": 1, "cargo": null}}`, []string{"ship.afloat: a number", "ship.depth: a string"}},

		{`{"fleet": [{"name": "a"}, {"mast": 1}]}`, []string{"fleet[1].mast: unknown", "fleet[1]: at least one"}},
		{`{"fleet": {"name": "a"}}`, []string{"fleet: an object where an array"}},
		{`{"fleet": []}`, nil},
		{`{"ship": {"name": "a", "fleet": [{"name": "b", "fleet": [{"uid": 1}]}]}}`, []string{"ship.fleet[0].fleet[0].uid: a number"}},

		{`{"sightings": [{"type_id": 50}, {"type_id": 51}, {"type_id": 52}, {"type_id": 53}, {"type_id": 0}]}`, nil},
		{`{"sightings": [{"type_id": 54}]}`, []string{"sightings[0].type_id: 54 is none of its values: 0 50 51 52 53"}},
	}
	s := small(t)
	for _, tt := range tests {
		checkProblems(t, tt.over, s.Validate(patched(t, voyage, tt.over)), tt.want)
	}
}

func TestValidateProfiles(t *testing.T) {
	with := func(profiles, rest string) string {
		return `{"metadata": {"version": "9.9.9", "profiles": [` + profiles + `]}` + rest + `}`
	}
	tests := []struct {
		over string
		want []string
	}{
		{`{"pilot": "Tiphys"}`, []string{`pilot: belongs to the profile "harbour"`}},
		{with(`"harbour"`, `, "pilot": "Tiphys"`), nil},
		{with(`"harbour"`, ``), []string{"pilot: required"}},
		{with(`"gone"`, ``), []string{`metadata.profiles[0]: there is no profile "gone"`}},
		{with(`1`, ``), []string{"metadata.profiles[0]: a number"}},
		{with(`"oars/rower"`, `, "ship": {"name": "a", "rower_uid": 3}`), nil},
		{`{"ship": {"name": "a", "rower_uid": 3}}`, []string{`ship.rower_uid: belongs to the profile "oars/rower"`}},
		{with(`"rower"`, ``), []string{`"rower"`}},
		{with(`"datetime"`, `, "ship": {"name": "a", "built_time_dt": "2024-01-01T00:00:00Z"}`), nil},
		{with(`"datetime"`, `, "ship": {"name": "a", "built_time_dt": "yesterday"}`), []string{"ship.built_time_dt"}},
		{`{"ship": {"name": "a", "built_time_dt": "2024-01-01T00:00:00Z"}}`, []string{`belongs to the profile "datetime"`}},
		{with(`"datetime"`, `, "ship": {"name": "a", "name_dt": "2024-01-01T00:00:00Z"}`), []string{"ship.name_dt: unknown"}},
	}
	s := small(t)
	for _, tt := range tests {
		checkProblems(t, tt.over, s.Validate(patched(t, voyage, tt.over)), tt.want)
	}
}

func TestValidateClassConstraint(t *testing.T) {
	const landing = `{
		"class_uid": 3005, "category_uid": 3, "activity_id": 0, "type_uid": 300500, "time": 1700000000000,
		"metadata": {"version": "9.9.9"}, "pilot": "always allowed here"
	}`
	tests := []struct {
		over string
		want []string
	}{
		{`{}`, []string{"exactly one is wanted of: ship fleet; there are 0"}},
		{`{"ship": {"name": "a"}}`, nil},
		{`{"ship": {"name": "a"}, "fleet": []}`, []string{"there are 2"}},
	}
	s := small(t)
	for _, tt := range tests {
		checkProblems(t, tt.over, s.Validate(patched(t, landing, tt.over)), tt.want)
	}
}

// TestValidateNumbers holds for documents decoded without json.Number, too.
func TestValidateNumbers(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(voyage), &doc); err != nil {
		t.Fatal(err)
	}
	s := small(t)
	checkProblems(t, "float64 numbers", s.Validate(doc), nil)
	doc["time"] = 1e300
	checkProblems(t, "time 1e300", s.Validate(doc), []string{"time: a number where timestamp_t"})
	doc["time"] = 17
	checkProblems(t, "time int", s.Validate(doc), []string{"time: a Go int where timestamp_t"})
}

func TestProblemError(t *testing.T) {
	if got := (&Problem{Text: "wrong"}).Error(); got != "wrong" {
		t.Errorf("Error() = %q", got)
	}
	if got := (&Problem{Path: "a[0].b", Text: "wrong"}).Error(); got != "a[0].b: wrong" {
		t.Errorf("Error() = %q", got)
	}
}

func FuzzValidate(f *testing.F) {
	s, err := Load(filesystem(nil))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(voyage))
	f.Add([]byte(`{"class_uid": 3005, "metadata": {"profiles": ["datetime", 1]}, "fleet": [[]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var doc map[string]any
		if json.Unmarshal(data, &doc) != nil {
			return
		}
		for _, err := range s.Validate(doc) {
			if err.Error() == "" {
				t.Error("a problem without a text")
			}
		}
	})
}
