package ocsf_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/ocsf"
	"github.com/lynceus-io/lynceus/internal/ocsfschema"
)

// stored returns the fields that rows of table c hold.
func stored(c event.Class) []*event.Field {
	var out []*event.Field
	fields := event.Fields()
	for i := range fields {
		if f := &fields[i]; f.In(c) && f.Origin != event.Derived {
			out = append(out, f)
		}
	}
	return out
}

// setUsual gives a field a value such as it usually has, and returns what the
// document should have for it at its place.
func setUsual(e *event.Event, f *event.Field) (want any) {
	text, number, list := "the "+f.Name, int64(4242), []string{"one", "two \"2\""}
	want = text
	switch f.Type {
	case event.TypeInt:
		want = json.Number("4242")
		if strings.HasSuffix(f.OCSF, ".uid") {
			want = "4242"
		}
	case event.TypeBool:
		want = true
	case event.TypeTime:
		number, want = noon, json.Number("1772625600123")
		if strings.HasPrefix(f.OCSF, "unmapped.") {
			want = "2026-03-04T12:00:00.123456789Z"
		}
	case event.TypeStrings:
		want = []any{"one", "two \"2\""}
	case event.TypeIP:
		text, want = "2001:db8::7", "2001:db8::7"
	case event.TypeJSON:
		text, want = ` {"kind": "Pod"} `, map[string]any{"kind": "Pod"}
		if f.OCSF == "raw_data" {
			want = text
		}
	}
	set(e, f, text, number, list)
	return want
}

// placeOf returns where a document of the event's table has the field.
func placeOf(s *ocsfschema.Schema, c event.Class, f *event.Field) string {
	uid := c.UID()
	if c == event.ClassFinding || c == event.ClassIncident {
		uid = 0
	}
	if _, err := s.Attribute(int64(uid), f.OCSF); err != nil {
		return "unmapped." + f.Name
	}
	return f.OCSF
}

func checkValid(t *testing.T, s *ocsfschema.Schema, doc map[string]any) {
	t.Helper()
	for _, err := range s.Validate(doc) {
		t.Errorf("%v\nin %v", err, doc)
	}
}

func TestEveryFieldIsAtItsPlace(t *testing.T) {
	s, enc := published(t), ocsf.NewEncoder("v1.2.3")
	for _, c := range append(event.Classes(), event.ClassNone) {
		var all event.Event
		all.Reset(c)
		wants := map[*event.Field]any{}
		for _, f := range stored(c) {
			t.Run(fmt.Sprintf("%s/%s", c, f.Name), func(t *testing.T) {
				var e event.Event
				e.Reset(c)
				event.Time.Set(&e, noon)
				want := setUsual(&e, f)
				wants[f] = setUsual(&all, f)
				doc := document(t, enc, &e)
				checkValid(t, s, doc)
				if got, err := lookUp(doc, placeOf(s, c, f)); !reflect.DeepEqual(got, want) {
					t.Errorf("at %s: %#v, %v, want %#v", placeOf(s, c, f), got, err, want)
				}
			})
		}
		doc := document(t, enc, &all)
		checkValid(t, s, doc)
		for f, want := range wants {
			if got, err := lookUp(doc, placeOf(s, c, f)); !reflect.DeepEqual(got, want) {
				t.Errorf("%s, all fields set, at %s: %#v, %v, want %#v", c, placeOf(s, c, f), got, err, want)
			}
		}
	}
}

// TestAnyFieldsTogether writes events with arbitrary fields, some of them
// empty, zero or of no use to OCSF.
func TestAnyFieldsTogether(t *testing.T) {
	s, enc := published(t), ocsf.NewEncoder("v1.2.3")
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "x", "yes/no", "10.0.0.1", "fe80::1%eth0", "Success", "Other", "Unknown", "create", "Open", "{", "null", "\x00\xff"}
	numbers := []int64{0, 1, -1, 65535, 65536, noon, 1<<63 - 1, -1 << 63}
	lists := [][]string{nil, {}, {""}, {"a", "\xff"}}
	for range 1000 {
		var e event.Event
		e.Reset(event.Class(random.IntN(len(event.Classes()) + 2)))
		sparse := 1 + random.IntN(20)
		for _, f := range stored(e.Class) {
			if random.IntN(sparse) == 0 {
				set(&e, f, texts[random.IntN(len(texts))], numbers[random.IntN(len(numbers))], lists[random.IntN(len(lists))])
			}
		}
		event.Time.Set(&e, noon)
		checkValid(t, s, document(t, enc, &e))
		if t.Failed() {
			return
		}
	}
}
