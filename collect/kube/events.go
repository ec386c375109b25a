package kube

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/lynceus-io/lynceus/inventory"
)

// eventResources are what the cluster reports of itself.
func eventResources() []Resource {
	return []Resource{{Version: "v1", Name: "events", Kind: "Event", fill: typed(fillEvent)}}
}

func fillEvent(_ *inventory.Object, e *corev1.Event) body {
	return body{
		"reason": e.Reason, "message": e.Message, "type": e.Type, "count": e.Count, "action": e.Action, "series": e.Series,
		"firstTimestamp": e.FirstTimestamp, "lastTimestamp": e.LastTimestamp, "eventTime": e.EventTime,
		"involvedObject": e.InvolvedObject, "source": e.Source, "reportingComponent": e.ReportingController,
	}
}
