package clickhouse

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/value"
)

// TestKQL asks questions in the language, from the text to the rows.
func TestKQL(t *testing.T) {
	s := migrated(t, Options{})
	m := &memory{}
	events := audits(0, 100)
	for i, e := range events {
		event.SrcEndpointIP.Set(e, []string{"10.0.0.1", "192.0.2.7"}[i%2])
		event.HTTPRequestURLPath.Set(e, "/api/v1/namespaces/Shop/secrets/"+itoa(i))
		event.ActorUserGroups.Set(e, []string{"system:authenticated", "team-" + itoa(i%3)})
		e.Raw = []byte(`{"requestObject":{"spec":{"replicas":` + itoa(i) + `}}}`)
	}
	event.AuditStage.Set(events[99], "RequestReceived")
	m.add(t, "a", event.ClassAudit, events...)
	amended := audits(99, 1)
	event.MetadataRevision.Set(amended[0], 1)
	event.APIOperation.Set(amended[0], "amended")
	m.add(t, "b", event.ClassAudit, amended...)
	ship(t, newShipper(t, s, m, t.TempDir()), 2)
	tests := []struct{ query, want string }{
		{"audit | count", "100"},
		{"audit | summarize n=count() by api.operation | order by n desc, ['api.operation'] asc", "create 33; get 33; list 33; amended 1"},
		{"audit | where src_endpoint.ip == '192.0.2.7' | count", "49"},
		{"audit | where actor.user.name =~ 'USER-7' | count", "2"},
		{"audit | where http_request.url.path contains '/SECRETS/42' | project http_request.url.path", "/api/v1/namespaces/Shop/secrets/42"},
		{"audit | where time >= datetime(2026-03-01 00:00:10) and time < datetime(2026-03-01 00:00:12) | project metadata.uid | sort by metadata.uid asc", "uid-0000010; uid-0000011"},
		{"audit | where audit.request_object.spec.replicas == 17 | project metadata.uid", "uid-0000017"},
		{"audit | mv-expand g = actor.user.groups to typeof(string) | summarize n=count() by g | order by g asc", " 1; system:authenticated 99; team-0 33; team-1 33; team-2 33"},
		{"audit | summarize n=count() by bin(time, 1m) | order by time asc", "2026-03-01T00:00:00.0000000Z 60; 2026-03-01T00:01:00.0000000Z 40"},
		{"audit | top 2 by time desc | project metadata.uid, t=tostring(metadata.revision)", "uid-0000099 1; uid-0000098 0"},
		{"audit | summarize dcount(actor.user.name), min(time), percentile(metadata.revision, 50)", "50 2026-03-01T00:00:00.0000000Z 0"},
		{"audit | where api.response.code > 0 | count", "0"},
		{"audit | join kind=inner (audit | where metadata.uid == 'uid-0000003') on ['metadata.uid'] | count", "1"},
	}
	for _, tt := range tests {
		q, err := kql.Compile(tt.query, kql.Options{Now: time.Unix(0, testDay)})
		if err != nil {
			t.Errorf("%s: %v", tt.query, err)
			continue
		}
		r, err := q.Run(context.Background(), s, kql.Limits{Timeout: time.Minute})
		if err != nil {
			t.Errorf("%s: %v", tt.query, err)
			continue
		}
		var rows []string
		row := make([]value.Value, len(q.Columns()))
		for r.Next(row) {
			var cells []string
			for _, v := range row {
				cells = append(cells, v.String())
			}
			rows = append(rows, strings.Join(cells, " "))
		}
		if err := r.Err(); err != nil {
			t.Errorf("%s: %v", tt.query, err)
		}
		r.Close()
		if got := strings.Join(rows, "; "); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.query, got, tt.want)
		}
	}
}
