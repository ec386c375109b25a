package lake

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// The filters of segments are those that the registry asks for.
func TestLayoutFollowsRegistry(t *testing.T) {
	for _, c := range event.Classes() {
		for _, f := range event.Columns(c) {
			l := layoutOf(f)
			if l.bloom != f.Search.Has(event.SearchExact) || l.grams != f.Search.Has(event.SearchPart) {
				t.Errorf("%s: bloom %v, grams %v", f.Name, l.bloom, l.grams)
			}
			if l.bloom && !l.equal {
				t.Errorf("%s: people look for its whole values, and there is no filter of them without case", f.Name)
			}
		}
	}
	for _, tt := range []struct {
		id   event.FieldID
		want layout
	}{
		{event.ActorUserName.ID(), layout{dict: true, bloom: true, equal: true, grams: true}},
		{event.MetadataUID.ID(), layout{bloom: true, equal: true}},
		{event.RawData.ID(), layout{grams: true, blob: true}},
		{event.K8sNamespace.ID(), layout{dict: true, equal: true}},
		{event.Message.ID(), layout{dict: true, grams: true}},
	} {
		if got := layoutOf(event.Lookup(tt.id)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", event.Lookup(tt.id).Name, got, tt.want)
		}
	}
}
