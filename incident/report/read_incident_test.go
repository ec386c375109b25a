package report_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
)

// What is read of a document makes the same document again.
func TestIncidentThereAndBack(t *testing.T) {
	var all []*incident.Incident
	for _, r := range samples() {
		all = append(all, r.Incidents...)
	}
	for _, i := range all {
		want := report.NewIncident(i)
		doc, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		read, err := report.ReadIncident(doc)
		if err != nil {
			t.Fatal(err)
		}
		if got := report.NewIncident(read); !reflect.DeepEqual(got, want) {
			t.Errorf("got\n%+v\nwant\n%+v", got, want)
		}
	}
}

func FuzzReadIncident(f *testing.F) {
	for _, text := range []string{"", "null", "{", `{"schema":"lynceus.incident/v1","severity":"high","timeline":[{"severity":"low","time":"x"}],"actors":[{"severity":"low"}]}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var none *incident.Incident
		if i, err := report.ReadIncident(doc); err == nil && i == none {
			t.Error("neither an incident nor an error")
		}
	})
}
