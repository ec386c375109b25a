package clickhouse

import (
	"math"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// revision makes a row of an event as it was known at a time.
func revision(c event.Class, uid string, n int64, stage string, at int64, pod string) *event.Event {
	e := &event.Event{}
	e.Reset(c)
	event.MetadataUID.Set(e, uid)
	if n >= 0 {
		event.MetadataRevision.Set(e, n)
	}
	event.Time.Set(e, testDay+at*1e9)
	event.ReceivedTime.Set(e, testDay+at*1e9)
	event.K8sPod.Set(e, pod)
	if c == event.ClassAudit {
		event.AuditStage.Set(e, stage)
	}
	return e
}

// TestLatestRevision reads events of which several revisions are stored, in several segments and partitions.
func TestLatestRevision(t *testing.T) {
	s := migrated(t, Options{})
	m := &memory{}
	const day = 86400
	a := event.ClassAudit
	awaiting := func(e *event.Event) *event.Event {
		event.AuditAwaits.Set(e, true)
		return e
	}
	m.add(t, "1", a,
		revision(a, "done", 0, "ResponseComplete", 0, "p"),
		revision(a, "two", 0, "RequestReceived", 1, "p"),
		revision(a, "three", 0, "RequestReceived", 2, "p"),
		revision(a, "open", 0, "ResponseStarted", 3, "p"),
		revision(a, "null", -1, "RequestReceived", 4, "p"),
		awaiting(revision(a, "late", 0, "ResponseComplete", 5, "p")),
		awaiting(revision(a, "still", 0, "ResponseComplete", 6, "p")))
	m.add(t, "2", a,
		revision(a, "three", 1, "ResponseStarted", day, "p"),
		revision(a, "two", 1, "ResponseComplete", day+1, "q"),
		awaiting(revision(a, "late", 1, "ResponseComplete", day+2, "p")))
	m.add(t, "3", a,
		revision(a, "three", 2, "Panic", 2*day, "p"),
		revision(a, "null", 1, "ResponseStarted", 2*day+1, "p"),
		revision(a, "late", 2, "ResponseComplete", 2*day+2, "q"))
	f := event.ClassFinding
	m.add(t, "4", f, revision(f, "f", 0, "", 0, "p"), revision(f, "g", 3, "", 1, "p"))
	m.add(t, "5", f, revision(f, "f", 1, "", day, "p"), revision(f, "g", 2, "", day, "p"))
	ship(t, newShipper(t, s, m, t.TempDir()), 5)
	everything := func(c event.Class) sql.Scan { return sql.Scan{Table: c, From: math.MinInt64, To: math.MaxInt64} }
	first := everything(a)
	first.To = testDay + 100e9
	later := everything(a)
	later.From = testDay + 100e9
	podP := everything(a)
	podP.Equal = []sql.Equal{{Column: "k8s_pod", Values: []string{"p"}}}
	tests := []struct {
		name string
		scan sql.Scan
		want string
	}{
		{"all", everything(a), "done.0 late.2 null.1 open.0 still.0 three.2 two.1"},
		// What was known on the first day and is not any more is no row of it.
		{"first day", first, "done.0 open.0 still.0"},
		{"later", later, "late.2 null.1 three.2 two.1"},
		// "two" and "late" were in pod p once; they are in q now.
		{"pod p", podP, "done.0 null.1 open.0 still.0 three.2"},
		{"findings", everything(f), "f.1 g.3"},
	}
	for _, tt := range tests {
		tt.scan.Columns = []string{"metadata_uid", "metadata_revision", "time", "k8s_pod"}
		got := query(t, s, over(statement("SELECT concat(metadata_uid, '.', toString(ifNull(metadata_revision, 0))) AS c FROM {{scan 0}} ORDER BY c", "c:string"), tt.scan))
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
