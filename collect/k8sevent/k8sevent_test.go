package k8sevent

import (
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/jsonl"
	"github.com/lynceus-io/lynceus/inventory"
)

const example = `{"kind":"Event","apiVersion":"v1","metadata":{"name":"web-1.17","namespace":"shop","creationTimestamp":"2026-01-01T10:00:00Z"},"reason":"BackOff","message":"Back-off restarting failed container","type":"Warning","count":3,"firstTimestamp":"2026-01-01T10:00:00Z","lastTimestamp":"2026-01-01T10:05:00Z","eventTime":null,"involvedObject":{"kind":"Pod","namespace":"shop","name":"web-1","uid":"u-1"},"source":{"component":"kubelet","host":"node-1"}}`

func TestFill(t *testing.T) {
	at := time.Date(2026, 1, 1, 10, 6, 0, 0, time.UTC)
	common := `"k8s.cluster":"prod","k8s.namespace":"shop","k8s.pod":"web-1","k8s.pod_uid":"u-1","k8s.node":"node-1","k8s.cluster_uid":"c-1","message":"Back-off restarting failed container","metadata.log_provider":"kubernetes","k8s_event.reason":"BackOff","k8s_event.type":"Warning","k8s_event.count":3,"k8s_event.reporter":"kubelet","k8s_event.change":"CHANGE","k8s_event.first_time":"2026-01-01T10:00:00Z","k8s_event.name":"web-1.17","k8s_event.object_kind":"Pod","k8s_event.object":"web-1","k8s_event.object_uid":"u-1"}`
	for name, test := range map[string]struct {
		change inventory.Change
		doc    string
		after  time.Duration
		time   string
		want   string // k8s_event.change
		alone  bool   // nothing but the identity is known
	}{
		"repeated":             {inventory.Changed, example, 0, "2026-01-01T10:05:00Z", Repeated, false},
		"found at a start":     {inventory.Present, example, 0, "2026-01-01T10:05:00Z", Repeated, false},
		"taken away":           {inventory.Deleted, example, 0, "2026-01-01T10:06:00Z", Deleted, false},
		"too old":              {inventory.Deleted, example, time.Hour, "2026-01-01T11:06:00Z", Expired, false},
		"gone while away":      {inventory.Gone, "", 0, "2026-01-01T10:06:00Z", Gone, true},
		"what cannot be read":  {inventory.Added, `{"count":"x"}`, 0, "2026-01-01T10:06:00Z", Reported, true},
		"with a series":        {inventory.Changed, strings.Replace(example, `"count":3,`, `"series":{"count":3,"lastObservedTime":"2026-01-01T10:05:30Z"},`, 1), 0, "2026-01-01T10:05:30Z", Repeated, false},
		"series before it all": {inventory.Changed, strings.Replace(example, `"count":3,`, `"count":3,"series":{"count":2},`, 1), 0, "2026-01-01T10:05:00Z", Repeated, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := &inventory.Object{Cluster: "prod", ClusterUID: "c-1", Version: "v1", Resource: "events", Kind: "Event", Namespace: "shop", Name: "web-1.17", UID: "e-1", ResourceVersion: "7", Change: test.change, Time: at.Add(test.after).UnixNano(), Document: []byte(test.doc)}
			if !Is(o) {
				t.Fatal("no Event")
			}
			var e event.Event
			Fill(&e, o)
			if uid := event.MetadataUID.Get(&e); len(uid) != 32 {
				t.Errorf("uid %q", uid)
			}
			e.Clear(event.MetadataUID.ID())
			got := string(jsonl.NewEncoder().Append(nil, &e))
			want := `{"class":"k8s_event","time":"` + test.time + `",` + strings.Replace(common, "CHANGE", test.want, 1)
			if test.alone {
				want = `{"class":"k8s_event","time":"` + test.time + `","k8s.cluster":"prod","k8s.namespace":"shop","k8s.cluster_uid":"c-1","metadata.log_provider":"kubernetes","k8s_event.change":"` + test.want + `","k8s_event.name":"web-1.17"}`
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// The same state has one identity, whoever tells of it; its end has another.
func TestIdentity(t *testing.T) {
	uid := func(c inventory.Change) string {
		var e event.Event
		Fill(&e, &inventory.Object{Resource: "events", UID: "e-1", ResourceVersion: "7", Change: c, Time: 1, Document: []byte(example)})
		return event.MetadataUID.Get(&e)
	}
	if uid(inventory.Present) != uid(inventory.Added) || uid(inventory.Present) == uid(inventory.Deleted) {
		t.Error("identities")
	}
}

func FuzzFill(f *testing.F) {
	f.Add([]byte(example), string(inventory.Deleted), int64(1))
	f.Fuzz(func(t *testing.T, doc []byte, change string, at int64) {
		var e event.Event
		Fill(&e, &inventory.Object{Resource: "events", UID: "e", Change: inventory.Change(change), Time: at, Document: doc})
		if e.Class != event.ClassK8sEvent || !event.K8sEventChange.Has(&e) || !event.Time.Has(&e) {
			t.Errorf("%s", doc)
		}
	})
}
