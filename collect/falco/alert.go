package falco

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/foreign/calls"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/falco"
)

// Format is how Falco writes alerts.
var Format = foreign.Format{
	Name:  "falco",
	Marks: [][]string{{"rule", "priority", "output_fields"}, {"rule", "priority", "output", "time"}},
	Read:  read,
}

// alert is the JSON of an alert.
type alert struct {
	Output   string
	Priority string
	Rule     string
	Time     string
	Hostname string
	Tags     []string
	Fields   map[string]json.RawMessage `json:"output_fields"`
}

// errNoRule is what an alert without a rule is.
var errNoRule = errors.New("an alert of Falco's without the name of its rule")

func read(doc []byte, to foreign.Rows) error {
	var a alert
	if err := foreign.Unmarshal(doc, &a); err != nil {
		return err
	}
	if a.Rule == "" {
		return errNoRule
	}
	uid := ""
	if table, activity, ok := calls.Of(a.text("evt.type")); ok {
		e := to.Begin(table, nil)
		a.describe(e, activity)
		if n, known := event.ProcessNamespacePID.Get(e); activity == "Launch" && (!known || n != 1) {
			foreign.Entered(e, event.ProcessParentProcessName.Get(e), a.Hostname, a.text("container.id"), a.Time, event.ProcessCmdLine.Get(e))
		}
		uid = to.End().String()
	}
	e := to.Begin(event.ClassAlert, nil)
	a.describe(e, "")
	event.AlertRule.Set(e, a.Rule)
	foreign.Text(e, event.Message, a.Output)
	foreign.Text(e, event.AlertPriority, a.Priority)
	severity := falco.Severity(a.Priority)
	if severity == 0 {
		severity = rule.Medium // as of a rule that says none
	}
	event.AlertSeverity.Set(e, severity.String())
	if len(a.Tags) > 0 {
		event.AlertTags.Set(e, a.Tags)
	}
	foreign.Text(e, event.AlertEventUID, uid)
	// The account in the container is no person; it would join what has nothing in common.
	e.Clear(event.ActorUserName.ID())
	e.Clear(event.ActorUserUID.ID())
	to.End()
	return nil
}

// describe sets what every row of an alert has.
func (a *alert) describe(e *event.Event, activity string) {
	a.when(e)
	foreign.Text(e, event.K8sNode, a.Hostname)
	for name, value := range a.Fields {
		if strings.HasPrefix(name, "evt.time") || strings.HasPrefix(name, "evt.datetime") || name == "evt.rawtime" || name == "evt.hostname" {
			continue
		}
		if f := falco.Field(name, e.Class); f != nil {
			set(e, f, name, value)
		}
	}
	if id := a.text("container.full_id"); id != "" {
		event.ContainerUID.Set(e, id)
	}
	if e.Class == event.ClassAlert {
		tuple(e, a.text("fd.name"))
	}
	a.notOfContainer(e)
	foreign.Text(e, event.Activity, activity)
	switch result := event.SyscallStatus.Get(e); {
	case e.Class == event.ClassAlert || result == "":
	case result == "SUCCESS":
		event.Status.Set(e, "Success")
	default:
		event.Status.Set(e, "Failure")
	}
	a.audited(e)
}

// when sets the time, of which output_fields have the nanoseconds also where
// the alert's own was cut.
func (a *alert) when(e *event.Event) {
	foreign.Time(e, event.Time, a.Time)
	var ns int64
	for _, name := range [...]string{"evt.time", "evt.rawtime"} {
		if json.Unmarshal(a.Fields[name], &ns) == nil && ns > 1e18 {
			event.Time.Set(e, ns)
			return
		}
	}
}

// notOfContainer takes back what Falco says where there is no container.
func (a *alert) notOfContainer(e *event.Event) {
	for _, f := range [...]event.StringField{event.ContainerUID, event.ContainerName} {
		if v := f.Get(e); v == "host" || v == "<NA>" {
			e.Clear(f.ID())
		}
	}
}

// audited sets what an alert about a request to the API says, which Falco's
// plugin k8saudit reads from the audit log.
func (a *alert) audited(e *event.Event) {
	if a.text("ka.target.resource") == "pods" {
		name := a.text("ka.target.name")
		if name == "" {
			name = a.text("ka.target.pod.name")
		}
		foreign.Text(e, event.K8sPod, name)
	}
}

// text returns a field of the output that is a text.
func (a *alert) text(name string) string {
	var v string
	if json.Unmarshal(a.Fields[name], &v) != nil || v == "<NA>" {
		return ""
	}
	return v
}
