package textlog

import (
	"time"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/event"
)

// Options of NewFormat.
type Options struct {
	// Node is the node whose logs they are, where lines do not name their
	// host; "" for none.
	Node string
	// Zone is that of times that have none; nil means this machine's.
	Zone *time.Location
	// Now tells the year of times without one; nil means time.Now.
	Now func() time.Time
}

// NewFormat returns what documents of Wrap become.
func NewFormat(o Options) foreign.Format {
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &reader{node: o.Node, clock: clock{o.Now, o.Zone}}
	return foreign.Format{Name: "text", Marks: [][]string{{"text_log.path", "line"}}, Read: r.read}
}

type reader struct {
	node  string
	clock clock
}

func (r *reader) read(doc []byte, to foreign.Rows) error {
	var x struct {
		From struct {
			Path string `json:"path"`
		} `json:"text_log"`
		Line string `json:"line"`
	}
	if err := foreign.Unmarshal(doc, &x); err != nil {
		return err
	}
	p := placeOf(x.From.Path)
	e := to.Begin(event.ClassLog, nil)
	var l line
	if p.inPod() {
		l = r.clock.container(x.Line)
		// What the program wrote is anybody's: of that only its own words count, and the runtime's time.
		inner := r.clock.written(l.message)
		l.severity = inner.severity
		if l.time.IsZero() {
			l.time = inner.time
		}
	} else {
		l = r.clock.written(x.Line)
	}
	if at := l.time; !at.IsZero() && time.Unix(0, at.UnixNano()).Equal(at) {
		event.Time.Set(e, at.UnixNano())
	}
	foreign.Text(e, event.Message, l.message)
	foreign.Text(e, event.LogSeverity, l.severity)
	name := p.name
	if l.program != "" {
		name = l.program
	}
	foreign.Text(e, event.LogName, name)
	node := r.node
	if l.host != "" && !p.inPod() {
		node = l.host
	}
	foreign.Text(e, event.K8sNode, node)
	if !p.inPod() {
		foreign.Account(e, l.program, l.message)
	}
	foreign.Text(e, event.K8sNamespace, p.namespace)
	foreign.Text(e, event.K8sPod, p.pod)
	foreign.Text(e, event.K8sPodUID, p.podUID)
	foreign.Text(e, event.ContainerName, p.container)
	foreign.Text(e, event.ContainerUID, p.containerID)
	to.End()
	return nil
}
