package lake

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// TestFind compares Find with looking at every event, appended and merged.
func TestFind(t *testing.T) {
	now := &clock{base.Add(30 * time.Minute)}
	l, _ := open(t, Options{Dir: t.TempDir(), Now: now.now})
	events := pool(20_000, (*maker).audit)
	for i, at := range []int{3, 4, 9000, 19_999} {
		event.ActorUserName.Set(events[at], "Mallory's \"needle\"")
		event.ResourceName.Set(events[at], []string{"", "a", "b", "a"}[i])
		event.ActorUserGroups.Set(events[at], [][]string{nil, {}, {"one"}, {"one", "", "two"}}[i])
		event.APIResponseCode.Set(events[at], int64(i))
	}
	for i := range 4 {
		store(t, l, "p", uint64(i+1), uint64(i+1), events[i*5000:(i+1)*5000]...)
	}
	part := ""
	f := func(found int, equal ...sql.Equal) {
		t.Helper()
		sel := All(event.ClassAudit)
		sel.Equal = equal
		if part != "" {
			sel.Contains = []sql.Contains{{Column: "actor_user_name", Text: part}}
		}
		snap, err := l.Pin(context.Background(), sel)
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Release()
		got, ok := snap.Find(context.Background(), sel, 10)
		if !ok != (found < 0) {
			t.Fatalf("%v: ok is %v", equal, ok)
		}
		if !ok {
			return
		}
		var want []map[string]any
		err = l.Scan(context.Background(), All(event.ClassAudit), func(e *event.Event) error {
			if !strings.Contains(strings.ToLower(event.ActorUserName.Get(e)), part) {
				return nil
			}
			for _, q := range equal {
				text, _ := e.Text(l.tables[e.Class].columns[l.tables[e.Class].byName[q.Column]].field.ID)
				if !slices.ContainsFunc(q.Values, func(v string) bool { return v == text || q.Fold && strings.EqualFold(v, text) }) {
					return nil
				}
			}
			want = append(want, fields(e))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var have []map[string]any
		for _, e := range got {
			have = append(have, fields(e))
		}
		key := func(a, b map[string]any) int {
			return strings.Compare(a["metadata.uid"].(string), b["metadata.uid"].(string))
		}
		slices.SortFunc(want, key)
		slices.SortFunc(have, key)
		if len(want) != found || !reflect.DeepEqual(have, want) {
			t.Errorf("%v: %d events, want %d, of which there are %d: %v", equal, len(have), found, len(want), have)
		}
	}
	all := func() {
		t.Helper()
		user := sql.Equal{Column: "actor_user_name", Values: []string{"Mallory's \"needle\"", "nobody"}}
		f(4, user)
		f(4, sql.Equal{Column: "actor_user_name", Values: []string{"mallory's \"NEEDLE\""}, Fold: true})
		f(2, user, sql.Equal{Column: "resource_name", Values: []string{"a"}})
		f(0, user, sql.Equal{Column: "resource_name", Values: []string{"c"}})
		f(0, sql.Equal{Column: "actor_user_name", Values: []string{"nobody"}})
		f(1, sql.Equal{Column: "metadata_uid", Values: []string{event.MetadataUID.Get(events[7])}})
		// Too many, not such a text, and nothing that is known of absent ones.
		f(-1, sql.Equal{Column: "actor_user_name", Values: []string{"system:serviceaccount:team-1:default"}})
		f(-1, sql.Equal{Column: "api_operation", Values: []string{"get"}})
		f(-1, sql.Equal{Column: "resource_uid", Values: []string{""}})
		f(-1)
		part = "s \"needl"
		f(4)
		f(1, sql.Equal{Column: "resource_name", Values: []string{"b"}})
		part = "nowhere"
		f(0)
		part = "system"
		f(-1)
		part = ""
	}
	all()
	now.at = base.Add(3 * time.Hour)
	if u := maintain(t, l); u.Merged == 0 {
		t.Fatal("nothing was merged")
	}
	all()
}

// BenchmarkFind looks for the one event of a merged segment that has a value.
func BenchmarkFind(b *testing.B) {
	now := &clock{base}
	l, _ := open(b, Options{Dir: b.TempDir(), Now: now.now})
	events := pool(65536, (*maker).network)
	event.DstEndpointIP.Set(events[40_000], "203.0.113.9")
	store(b, l, "p", 1, 1, events...)
	now.at = base.Add(3 * time.Hour)
	maintain(b, l)
	sel := All(event.ClassNetwork)
	sel.Equal = []sql.Equal{{Column: "dst_endpoint_ip", Values: []string{"203.0.113.9"}}}
	snap, err := l.Pin(context.Background(), sel)
	if err != nil {
		b.Fatal(err)
	}
	defer snap.Release()
	b.ReportAllocs()
	for b.Loop() {
		if got, ok := snap.Find(context.Background(), sel, 10); !ok || len(got) != 1 {
			b.Fatal(len(got), ok)
		}
	}
}
