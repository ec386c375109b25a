// Package k8sevent makes rows of table k8s_event of the cluster's own Event
// objects, which the cluster agent watches as it does all others.
//
// Facts from
// https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
// and the flag --event-ttl of kube-apiserver.
package k8sevent

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// Provider is what rows have as metadata.log_provider.
const Provider = "kubernetes"

// Resource is the resource of Events in the core group.
const Resource = "events"

// timeToLive is how long API servers keep an Event after its last change
// (--event-ttl, 1h0m0s unless told otherwise), less what the clocks of agent and
// etcd may differ by. One that goes before was taken away.
const timeToLive = time.Hour - time.Minute

// The values of k8s_event.change.
const (
	Reported = "reported"
	Repeated = "repeated"
	Expired  = "expired"
	Deleted  = "deleted"
	Gone     = "gone"
)

// document is an Event as far as it is read.
type document struct {
	Metadata struct {
		CreationTimestamp time.Time `json:"creationTimestamp"`
	} `json:"metadata"`
	Reason         string     `json:"reason"`
	Message        string     `json:"message"`
	Type           string     `json:"type"`
	Count          int64      `json:"count"`
	FirstTimestamp *time.Time `json:"firstTimestamp"`
	LastTimestamp  *time.Time `json:"lastTimestamp"`
	EventTime      *time.Time `json:"eventTime"`
	Series         *struct {
		Count            int64      `json:"count"`
		LastObservedTime *time.Time `json:"lastObservedTime"`
	} `json:"series"`
	InvolvedObject struct {
		Kind      string `json:"kind"`
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
		UID       string `json:"uid"`
	} `json:"involvedObject"`
	Source struct {
		Component string `json:"component"`
		Host      string `json:"host"`
	} `json:"source"`
	ReportingComponent string `json:"reportingComponent"`
}

// Is reports whether an object is an Event.
func Is(o *inventory.Object) bool { return o.Resource == Resource && o.Group == "" }

// Fill makes e the row of an Event, as o tells of it: reported, repeated, or
// gone, and how. Its identity is the same however often that is told, and its
// time when it happened last; of one that is gone, when that was seen. e shares
// o's memory. A document that cannot be read leaves out what it would have said.
func Fill(e *event.Event, o *inventory.Object) {
	var d document
	if len(o.Document) > 0 && json.Unmarshal(o.Document, &d) != nil {
		d = document{}
	}
	e.Reset(event.ClassK8sEvent)
	e.Raw = o.Document
	last := d.last()
	at, change := o.Time, d.change(o, last)
	if change == Reported || change == Repeated {
		at = cmp.Or(nanoseconds(last), o.Time)
	}
	key := change
	if change == Reported || change == Repeated {
		key = "" // the same state is new to one watch and known to another
	}
	uid := event.NewUIDHasher().Sum("k8s event", cmp.Or(o.ClusterUID, o.Cluster), o.UID, o.ResourceVersion, key)
	event.MetadataUID.Set(e, uid.String())
	event.MetadataLogProvider.Set(e, Provider)
	event.Time.Set(e, at)
	event.K8sEventChange.Set(e, change)
	if n := d.count(); n > 0 {
		event.K8sEventCount.Set(e, n)
	}
	if ns := nanoseconds(d.first()); ns != 0 {
		event.K8sEventFirstTime.Set(e, ns)
	}
	about := &d.InvolvedObject
	pod, node := "", d.Source.Host
	var podUID string
	switch about.Kind {
	case "Pod":
		pod, podUID = about.Name, about.UID
	case "Node":
		node = about.Name
	}
	for _, f := range [...]struct {
		field event.StringField
		text  string
	}{
		{event.K8sCluster, o.Cluster}, {event.K8sClusterUID, o.ClusterUID},
		{event.K8sNamespace, cmp.Or(about.Namespace, o.Namespace)},
		{event.K8sPod, pod}, {event.K8sPodUID, podUID}, {event.K8sNode, node},
		{event.K8sEventName, o.Name}, {event.K8sEventReason, d.Reason}, {event.K8sEventType, d.Type}, {event.Message, d.Message},
		{event.K8sEventReporter, cmp.Or(d.Source.Component, d.ReportingComponent)},
		{event.K8sEventObjectKind, about.Kind}, {event.K8sEventObject, about.Name}, {event.K8sEventObjectUID, about.UID},
	} {
		if f.text != "" {
			f.field.Set(e, f.text)
		}
	}
}

// change says what became of an Event that happened last at a time.
func (d *document) change(o *inventory.Object, last time.Time) string {
	switch o.Change {
	case inventory.Gone:
		return Gone
	case inventory.Deleted:
		if !last.IsZero() && time.Unix(0, o.Time).Sub(last) >= timeToLive {
			return Expired
		}
		return Deleted
	}
	if d.count() > 1 {
		return Repeated
	}
	return Reported
}

// count is how often it has happened.
func (d *document) count() int64 {
	if d.Series != nil {
		return max(d.Count, d.Series.Count)
	}
	return d.Count
}

// last is when it happened last, the zero time where nothing says it.
func (d *document) last() time.Time {
	last := d.first()
	times := []*time.Time{d.LastTimestamp}
	if d.Series != nil {
		times = append(times, d.Series.LastObservedTime)
	}
	for _, t := range times {
		if t != nil && t.After(last) {
			last = *t
		}
	}
	return last
}

// first is when it happened first, likewise.
func (d *document) first() time.Time {
	for _, t := range [...]*time.Time{d.FirstTimestamp, d.EventTime, &d.Metadata.CreationTimestamp} {
		if t != nil && !t.IsZero() {
			return *t
		}
	}
	return time.Time{}
}

// nanoseconds since 1970, 0 for no time or one that they cannot tell.
func nanoseconds(t time.Time) int64 {
	if t.IsZero() || !time.Unix(0, t.UnixNano()).Equal(t) {
		return 0
	}
	return t.UnixNano()
}
