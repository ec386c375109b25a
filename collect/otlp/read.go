package otlp

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/event"
)

// Format is how OTLP carries logs and traces as JSON.
var Format = foreign.Format{
	Name:  "otlp",
	Marks: [][]string{{"resourceLogs"}, {"resourceSpans"}},
	Read:  read,
}

// errRecord is what a record is that cannot be read.
var errRecord = errors.New("a record of OTLP that is no object")

func read(doc []byte, to foreign.Rows) error {
	var m message
	if err := foreign.Unmarshal(doc, &m); err != nil {
		return err
	}
	var failed error
	for _, groups := range [...][]resourceGroup{m.Logs, m.Spans} {
		for i := range groups {
			if err := groups[i].read(to); err != nil {
				failed = err
			}
		}
	}
	return failed
}

// read makes the rows of what one resource told. What cannot be read does not
// keep the rest.
func (g *resourceGroup) read(to foreign.Rows) (failed error) {
	var who resource
	if len(g.Resource) > 0 {
		failed = foreign.Unmarshal(g.Resource, &who)
	}
	for _, s := range append(g.ScopeLogs, g.ScopeSpans...) {
		var by scope
		if len(s.Scope) > 0 {
			failed = errors.Join(failed, foreign.Unmarshal(s.Scope, &by))
		}
		for _, raw := range s.Records {
			var r record
			if raw[0] != '{' || foreign.Unmarshal(raw, &r) != nil {
				failed = errRecord
				continue
			}
			e := to.Begin(event.ClassLog, g.original(s.Scope, "logRecord", raw))
			who.set(e)
			r.set(e, by.Name)
			to.End()
		}
		for _, raw := range s.Spans {
			var x span
			if raw[0] != '{' || foreign.Unmarshal(raw, &x) != nil {
				failed = errRecord
				continue
			}
			e := to.Begin(event.ClassSpan, g.original(s.Scope, "span", raw))
			who.set(e)
			x.set(e)
			to.End()
		}
	}
	return failed
}

// original returns one record with who told it.
func (g *resourceGroup) original(scope json.RawMessage, name string, raw json.RawMessage) []byte {
	out := []byte{'{'}
	for _, part := range [...]struct {
		name string
		raw  json.RawMessage
	}{{"resource", g.Resource}, {"scope", scope}, {name, raw}} {
		if len(part.raw) == 0 {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(append(out, '"'), part.name...), `":`...), part.raw...)
	}
	return append(out, '}')
}

// workloads are the attributes that name a pod's owner, the highest first.
var workloads = [...]struct{ attribute, kind string }{
	{"k8s.deployment.name", "Deployment"}, {"k8s.statefulset.name", "StatefulSet"}, {"k8s.daemonset.name", "DaemonSet"},
	{"k8s.cronjob.name", "CronJob"}, {"k8s.job.name", "Job"},
}

// set says who told it.
func (r *resource) set(e *event.Event) {
	a := r.Attributes
	foreign.Text(e, event.TraceService, a.get("service.name"))
	foreign.Text(e, event.K8sCluster, a.get("k8s.cluster.name"))
	foreign.Text(e, event.K8sNamespace, a.get("k8s.namespace.name"))
	foreign.Text(e, event.K8sPod, a.get("k8s.pod.name"))
	foreign.Text(e, event.K8sPodUID, a.get("k8s.pod.uid"))
	foreign.Text(e, event.K8sNode, a.get("k8s.node.name", "host.name"))
	foreign.Text(e, event.ContainerUID, a.get("container.id"))
	foreign.Text(e, event.ContainerName, a.get("k8s.container.name", "container.name"))
	foreign.Text(e, event.ContainerImageName, a.get("container.image.name"))
	for _, w := range workloads {
		if name := a.get(w.attribute); name != "" {
			event.K8sWorkloadKind.Set(e, w.kind)
			event.K8sWorkload.Set(e, name)
			return
		}
	}
}

// set sets what a log record says.
func (r *record) set(e *event.Event, scope string) {
	if !nanoseconds(e, event.Time, r.Time) {
		nanoseconds(e, event.Time, r.Observed)
	}
	severity := r.Severity
	if severity == "" {
		severity = severityWord(r.Number)
	}
	foreign.Text(e, event.LogSeverity, severity)
	foreign.Text(e, event.LogName, scope)
	foreign.Text(e, event.Message, r.Body.text())
	foreign.TraceID(e, r.TraceID)
	foreign.SpanID(e, event.TraceSpanUID, r.SpanID)
}

// severityWord returns the short name of a severity number, of which four share
// one.
func severityWord(n json.Number) string {
	i, err := strconv.Atoi(n.String())
	if err != nil || i < 1 || i > 24 {
		return ""
	}
	return [...]string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}[(i-1)/4]
}

// nanoseconds sets a time as OTLP has it, and reports whether there was one.
func nanoseconds(e *event.Event, f event.TimeField, n json.Number) bool {
	ns, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil || ns <= 0 {
		return false
	}
	f.Set(e, ns)
	return true
}
