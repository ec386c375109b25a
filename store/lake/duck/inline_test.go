package duck

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

func TestInline(t *testing.T) {
	f := func(want string, ok bool, columns []string, fill ...func(*event.Event)) {
		t.Helper()
		var events []*event.Event
		for _, set := range fill {
			e := &event.Event{}
			e.Reset(event.ClassNetwork)
			set(e)
			events = append(events, e)
		}
		got, is := inline(&sql.Scan{Table: event.ClassNetwork, Columns: columns}, events)
		if is != ok || got != want {
			t.Errorf("%q, %v\nwant %q, %v", got, is, want, ok)
		}
	}
	full := func(e *event.Event) {
		event.Time.Set(e, 1_500)
		event.K8sPod.Set(e, "it's")
		event.SrcEndpointPort.Set(e, 0)
		event.ConnectionInfoInitiated.Set(e, false)
		event.ActorUserGroups.Set(e, []string{"a", "b'"})
	}
	bare := func(*event.Event) {}
	f("(SELECT v0::VARCHAR AS metadata_uid, v1::BIGINT AS metadata_revision, v2::TIMESTAMP AS time, v3::VARCHAR AS k8s_pod, v4::VARCHAR[] AS actor_user_groups, v5::BIGINT AS src_endpoint_port, "+
		"v6::BOOLEAN AS connection_info_initiated, v7::BOOLEAN AS metadata_awaits FROM (VALUES "+
		"('', NULL, make_timestamp(1), 'it''s', ['a', 'b''']::VARCHAR[], 0, false, NULL), ('', NULL, NULL, '', NULL::VARCHAR[], NULL, NULL, NULL)) t(v0, v1, v2, v3, v4, v5, v6, v7))", true,
		[]string{"time", "k8s_pod", "actor_user_groups", "src_endpoint_port", "connection_info_initiated"}, full, bare)
	f("(SELECT v0::VARCHAR AS metadata_uid, v1::BIGINT AS metadata_revision, v2::BOOLEAN AS metadata_awaits FROM (VALUES ('', NULL, NULL), ('', NULL, NULL)) t(v0, v1, v2))", true, nil, full, bare)
	f("(SELECT NULL::BIGINT AS nothing, NULL::VARCHAR AS metadata_uid, NULL::BIGINT AS metadata_revision, NULL::VARCHAR AS k8s_pod, NULL::BOOLEAN AS metadata_awaits WHERE false)", true, []string{"k8s_pod"})
	f("", false, []string{"k8s_pod"}, func(e *event.Event) { event.K8sPod.Set(e, "a\x00b") })
	f("", false, []string{"k8s_pod"}, func(e *event.Event) { event.K8sPod.Set(e, "a\xffb") })
	f("", false, []string{"actor_user_groups"}, func(e *event.Event) { event.ActorUserGroups.Set(e, []string{strings.Repeat("\xff", 2)}) })
}
