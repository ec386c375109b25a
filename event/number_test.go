package event

import (
	"slices"
	"testing"
)

func TestNext(t *testing.T) {
	f := func(want ...FieldID) {
		t.Helper()
		var e Event
		e.Reset(ClassAudit)
		for _, id := range want {
			if !e.SetText(id, "x") && !e.SetNumber(id, 1) && !e.SetList(id, nil) {
				t.Fatalf("field %d takes no value", id)
			}
		}
		var got []FieldID
		for id, ok := e.Next(0); ok; id, ok = e.Next(id) {
			got = append(got, id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Next visits %v, want %v", got, want)
		}
	}
	f()
	f(MetadataUID.ID())
	f(MetadataUID.ID(), RawData.ID(), APIOperation.ID(), FindingInfoAbout.ID())
	var all []FieldID
	for i := range registry {
		if registry[i].Origin != Derived {
			all = append(all, registry[i].ID)
		}
	}
	slices.Sort(all)
	f(all...)
}

func TestSettersByNumber(t *testing.T) {
	for i := range registry {
		fd := &registry[i]
		var e Event
		text, number, list := e.SetText(fd.ID, "v"), e.SetNumber(fd.ID, 1), e.SetList(fd.ID, []string{"a"})
		want := [3]bool{}
		switch {
		case fd.Origin == Derived:
		case fd.Type == TypeInt, fd.Type == TypeBool, fd.Type == TypeTime:
			want[1] = true
		case fd.Type == TypeStrings:
			want[2] = true
		default:
			want[0] = true
		}
		if got := [3]bool{text, number, list}; got != want {
			t.Errorf("%s: SetText, SetNumber, SetList answer %v, want %v", fd.Name, got, want)
		}
		if e.Has(fd.ID) != (fd.Origin != Derived) {
			t.Errorf("%s: Has is %v after it was set", fd.Name, e.Has(fd.ID))
		}
	}
	var e Event
	for _, id := range []FieldID{0, 63, 65535} {
		if e.SetText(id, "") || e.SetNumber(id, 0) || e.SetList(id, nil) || e.AppendWord(id, "") {
			t.Errorf("number %d, which names no field, takes a value", id)
		}
	}
}
