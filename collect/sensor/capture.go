//go:build linux

package sensor

import (
	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
)

// Capture has more told of one container or pod than of others: every open and change of a file, and all that the sensor's
// hooks see of it anyway; each row of it bears the capture's identity.
type Capture struct {
	UID string
	// Container is the id of a container; where it is empty, PodUID is the uid of a pod.
	Container, PodUID string
}

// captured is what is told of whom a capture is about.
var captured = plan.Plan{
	Network: true, DNS: true,
	Files: plan.Files{Read: plan.Paths{All: true}, Write: plan.Paths{All: true}, Change: plan.Paths{All: true}, Failed: true},
}

// of reports whether the capture is about a container, by its id and its pod's uid.
func (c *Capture) of(id, podUID string) bool {
	if c.Container != "" {
		return id == c.Container
	}
	return podUID == c.PodUID && podUID != ""
}

// Capture begins a capture, in place of the one that there is, or ends that where c is nil. The sensor must have been
// loaded with a plan that has Any; the error is ErrOtherHooks where it was not. It may be called while Run works.
func (s *Sensor) Capture(c *Capture) error {
	s.planning.Lock()
	defer s.planning.Unlock()
	if c != nil && !s.spec.Plan.Any {
		return ErrOtherHooks
	}
	if err := s.instruct(s.rows.plan.Load(), c); err != nil {
		return err
	}
	s.rows.capture.Store(c)
	return nil
}

// instruct writes into the kernel what a plan and a capture want together.
func (s *Sensor) instruct(p *plan.Plan, c *Capture) error {
	if c == nil {
		return s.programs.instruct(p)
	}
	var all plan.Plan
	all.Add(*p)
	all.Add(captured)
	return s.programs.instruct(&all)
}

// files are the acts on files that are told of a container.
func (r *rows) files(id container.ID) *plan.Files {
	if c := r.capture.Load(); c != nil && c.of(id.Container, id.PodUID) {
		return &captured.Files
	}
	return &r.plan.Load().Files
}

// mark has a row bear the identity of the capture that it is of.
func (r *rows) mark(e *event.Event, id, podUID string) {
	if c := r.capture.Load(); c != nil && c.of(id, podUID) {
		event.CaptureUID.Set(e, c.UID)
	}
}
