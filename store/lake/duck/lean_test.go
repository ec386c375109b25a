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

// Segments that have different columns are read together, also those of which the columns that are asked for are the same.
func TestColumnsDiffer(t *testing.T) {
	var parts []func(add func(*event.Event))
	var want []string
	for part := range 5 {
		parts = append(parts, func(add func(*event.Event)) {
			var e event.Event
			for i := range 10 {
				n := part*10 + i
				e.Reset(event.ClassAudit)
				event.MetadataUID.Set(&e, fmt.Sprintf("%032d", n))
				event.Time.Set(&e, start.UnixNano()+int64(n)*1500)
				event.ReceivedTime.Set(&e, start.UnixNano())
				event.AuditStage.Set(&e, "ResponseComplete")
				user, code := "", "null"
				if part > 0 {
					user = fmt.Sprint("user-", n)
					event.ActorUserName.Set(&e, user)
				}
				if part > 1 && i > 5 {
					code = "404"
					event.APIResponseCode.Set(&e, 404)
				}
				if part > 2 {
					event.HTTPRequestURLPath.Set(&e, "/x")
				}
				if part > 3 {
					event.ActorUserGroups.Set(&e, []string{"g"})
				}
				want = append(want, fmt.Sprintf("%032d %s %s", n, user, code))
				add(&e)
			}
		})
	}
	engine := openEngine(t, openLake(t, parts...), Options{})
	got, err := ask(engine, &sql.Statement{
		Text:  "SELECT metadata_uid || ' ' || actor_user_name || ' ' || coalesce(api_response_code::VARCHAR, 'null') FROM {{scan 0}}",
		Scans: []sql.Scan{scan("metadata_uid", "actor_user_name", "api_response_code")}, Cols: columns(value.TypeString),
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}
