package row

import (
	"reflect"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/rule"
)

var execRule = &rule.Rule{ID: "7b1d", Name: "exec", Title: "Command run in a container", Severity: rule.Medium, Tags: []string{"attack.execution", "attack.t1609"}}

func sample() *detect.Finding {
	at := time.Date(2026, 3, 2, 10, 0, 0, 123456000, time.UTC)
	return &detect.Finding{
		ID: "00112233445566778899aabbccddeeff", Rule: execRule, Severity: rule.High, Reasons: []string{"new"}, Cluster: "c1", First: at, Last: at.Add(time.Minute),
		Count: 3, Failed: 1, AuditIDs: []string{"a", "b"}, AuditIDsTotal: 3, EventUIDs: []string{"u1", "u2"}, Parts: []string{},
		Actor:    detect.Actor{User: "jane", Groups: []string{"dev"}, IPs: []string{"198.51.100.7"}, UserAgents: []string{"kubectl"}, Outside: "yes"},
		Target:   detect.Target{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "shop", Name: "web-1", Command: "sh -c <id>"},
		Evidence: []detect.Value{{Field: "verb", Value: "create"}}, Novelty: []detect.NoveltyAnswer{{Key: "actor.user.name", Answer: "new"}},
	}
}

func TestFindingThereAndBack(t *testing.T) {
	f := sample()
	var e event.Event
	if err := Finding(&e, f, Standing{Revision: 2, Received: f.Last, Incident: "i1"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ field, want string }{
		{"metadata.uid", f.ID}, {"severity", "high"}, {"actor.user.name", "jane"}, {"finding_info.about", "shop/pods/web-1"},
		{"incident.uid", "i1"}, {"finding_info.analytic.uid", "7b1d"}, {"status", "open"},
	} {
		if got, _ := e.Text(event.ByName(tt.field).ID); got != tt.want {
			t.Errorf("%s is %q, want %q", tt.field, got, tt.want)
		}
	}
	if got, _ := event.MetadataRevision.Get(&e); got != 2 {
		t.Errorf("revision %d", got)
	}
	got, err := ReadFinding(&e, func(string) *rule.Rule { return execRule })
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, f) {
		t.Errorf("got\n %+v\nwant\n %+v", got, f)
	}
	if got, err = ReadFinding(&e, func(string) *rule.Rule { return nil }); err != nil || got.Rule.Title != execRule.Title {
		t.Errorf("without its rule: %+v, %v", got, err)
	}
}

func TestIncident(t *testing.T) {
	i := incident.Build([]*detect.Finding{sample()}, incident.Options{})[0]
	var e event.Event
	if err := Incident(&e, i, Standing{Received: i.Last, MergedInto: "other"}); err != nil {
		t.Fatal(err)
	}
	if event.Status.Get(&e) != "merged" || event.StatusDetail.Get(&e) != "merged into other" || event.RelatedEvents.Get(&e)[0] != sample().ID || len(e.Raw) == 0 {
		t.Errorf("row: %s", e.Raw)
	}
}

func TestReadFindingErrors(t *testing.T) {
	for _, raw := range []string{"", "{", "null", `{"schema":"lynceus.finding/v9"}`, `{"schema":"lynceus.finding/v1","severity":"huge"}`} {
		var e event.Event
		e.Reset(event.ClassFinding)
		e.Raw = []byte(raw)
		if _, err := ReadFinding(&e, func(string) *rule.Rule { return nil }); err == nil {
			t.Errorf("%q was read", raw)
		}
	}
}

// What was decided becomes the row's next revision, once.
func TestDecide(t *testing.T) {
	i := incident.Build([]*detect.Finding{sample()}, incident.Options{})[0]
	var e event.Event
	if err := Incident(&e, i, Standing{Received: i.Last, Case: Case{Status: "investigating", Assignee: "ann", Detail: "investigating, says ann"}}); err != nil {
		t.Fatal(err)
	}
	f := func(c Case, want bool) {
		t.Helper()
		if got := Decide(&e, c, 7, i.Last.Add(time.Hour)); got != want {
			t.Errorf("Decide %+v: %v", c, got)
		}
		if want && (event.Status.Get(&e) != c.Status || event.StatusDetail.Get(&e) != c.Detail || event.Assignee.Get(&e) != c.Assignee || event.Resolution.Get(&e) != c.Resolution) {
			t.Errorf("%+v: the row says otherwise", c)
		}
	}
	f(Case{Status: "investigating", Assignee: "ann", Detail: "investigating, says ann"}, false)
	f(Case{Status: "closed", Resolution: "expected", Detail: "closed as expected by ann"}, true)
	f(Case{Status: "open", Assignee: "eve", Detail: "open, says eve"}, true)
	if revision, _ := event.MetadataRevision.Get(&e); revision != 7 {
		t.Errorf("revision %d", revision)
	}
	if err := Incident(&e, i, Standing{Received: i.Last, MergedInto: "other", Case: Case{Status: "closed"}}); err != nil {
		t.Fatal(err)
	}
	f(Case{Status: "open"}, false)
	if got := MergedInto(event.Status.Get(&e), event.StatusDetail.Get(&e)); got != "other" || MergedInto("open", "merged into x") != "" {
		t.Errorf("merged into %q", got)
	}
}
