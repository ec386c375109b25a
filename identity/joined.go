package identity

import (
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// joined is what events say of a pod, kept so that it is not found out, and
// written down, for each of them.
type joined struct {
	version, writes uint64 // of what it was found from
	at              int64
	group           inventory.Group
	workload        string // Kind/name
	maker           maker
}

// freshTime is how long, by event time, what is known of a pod is said again
// without looking whether more is known now. What waits to be judged is
// looked up anew at the end of its wait.
const freshTime = int64(5 * time.Second)

// joined returns what is known of a pod now. fresh asks for a new look.
func (c *Callers) joined(cl *cluster, history string, p *inventory.Pod, t int64, fresh bool) *joined {
	version := c.history.Version(history)
	j := cl.joins.get(p.UID)
	if j == nil {
		j = cl.joins.put(strings.Clone(p.UID))
	} else if j.version == version && j.writes == cl.writes {
		return j
	} else if !fresh && j.maker.method != "" && t-j.at < freshTime && t >= j.at {
		return j
	}
	j.version, j.writes, j.at = version, cl.writes, t
	if g := c.history.GroupOf(history, p); g != j.group || j.workload == "" {
		j.group, j.workload = g, g.String()
	}
	j.maker = c.makerOf(cl, history, p)
	return j
}

// set says who made the pod or object that an event is about.
func (m *maker) set(e *event.Event) {
	if m.method == "" {
		return
	}
	event.K8sWriterName.Set(e, m.name)
	event.K8sWriterTime.Set(e, m.time)
	event.K8sWriterUID.Set(e, m.uid)
	event.K8sWriterMethod.Set(e, m.method)
}
