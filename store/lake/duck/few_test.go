//go:build cgo

package duck

import (
	"fmt"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
)

// TestFew asks for needles with the advice that lets their events be found
// without the engine, and without it: the answers are the same, whatever the
// events hold.
func TestFew(t *testing.T) {
	fill := func(e *event.Event, i int) {
		e.Reset(event.ClassAudit)
		event.MetadataUID.Set(e, fmt.Sprintf("%032d", i))
		event.Time.Set(e, start.Add(0).UnixNano()+int64(i)*1500)
		event.ReceivedTime.Set(e, start.UnixNano())
		event.AuditStage.Set(e, "ResponseComplete")
		event.ActorUserName.Set(e, fmt.Sprintf("user-%d", i%1000))
		switch i % 4 {
		case 0:
			event.APIResponseCode.Set(e, 0)
			event.ActorUserGroups.Set(e, []string{"it's", "", "{{scan 0}}"})
			e.Raw = []byte(`{"a":"it's \"quoted\""}`)
		case 1:
			event.APIResponseCode.Set(e, -1<<63)
			event.ActorUserGroups.Set(e, []string{})
			event.AuditExecInteractive.Set(e, true)
		case 2:
			event.HTTPRequestURLPath.Set(e, "/a\x00b")
		}
	}
	var parts []func(add func(*event.Event))
	for part := range 3 {
		parts = append(parts, func(add func(*event.Event)) {
			var e event.Event
			for i := range 2000 {
				fill(&e, part*2000+i)
				add(&e)
			}
		})
	}
	engine := openEngine(t, openLake(t, parts...), Options{})
	names := []string{"metadata_uid", "time", "api_response_code", "actor_user_groups", "audit_exec_interactive", "raw_data", "http_request_url_path", "actor_user_name"}
	f := func(user string, want int) {
		t.Helper()
		s := &sql.Statement{
			Text: "SELECT metadata_uid || ' ' || epoch_us(time) || ' ' || coalesce(api_response_code::VARCHAR, 'null') || ' ' || coalesce(to_json(actor_user_groups)::VARCHAR, 'null') || ' ' || " +
				"coalesce(audit_exec_interactive::VARCHAR, 'null') || ' ' || raw_data || ' ' || http_request_url_path FROM {{scan 0}} WHERE actor_user_name = '" + user + "'",
			Scans: []sql.Scan{scan(names...)}, Cols: columns(value.TypeString),
		}
		plain, err := ask(engine, s)
		if err != nil {
			t.Fatal(err)
		}
		s.Scans[0].Equal = []sql.Equal{{Column: "actor_user_name", Values: []string{user}}}
		advised, err := ask(engine, s)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(plain)
		slices.Sort(advised)
		if len(plain) != want || !slices.Equal(plain, advised) {
			t.Errorf("%s: %d rows, want %d\n%q\nwith advice\n%q", user, len(plain), want, plain, advised)
		}
	}
	for i := range 4 {
		f(fmt.Sprintf("user-%d", i), 6)
	}
	f("user-x", 0)
}
