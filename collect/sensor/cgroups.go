//go:build linux

package sensor

import (
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
)

// maxCgroups is how many cgroups are remembered: twice as many as the kernel remembers to have told, about 4 MB.
const maxCgroups = 16384

// cgroups remembers which container and pod each cgroup is of.
type cgroups struct {
	known map[uint64]container.ID
	order []uint64 // a ring of those known
	next  int
	path  []byte
	// forget is called with a cgroup that is not known any more, so that it is told again.
	forget func(id uint64) error
}

func newCgroups(forget func(uint64) error) *cgroups {
	return &cgroups{known: map[uint64]container.ID{}, forget: forget}
}

// take takes in the names of a cgroup.
func (c *cgroups) take(r *record.Cgroup) error {
	c.path = r.Names.AppendPath(c.path[:0])
	id := container.Parse(string(c.path))
	id.Container, id.PodUID = strings.Clone(id.Container), strings.Clone(id.PodUID)
	_, again := c.known[r.ID]
	c.known[r.ID] = id
	if again {
		return nil
	}
	if len(c.order) < maxCgroups {
		c.order = append(c.order, r.ID)
		return nil
	}
	old := c.order[c.next]
	c.order[c.next] = r.ID
	c.next = (c.next + 1) % maxCgroups
	delete(c.known, old)
	return c.forget(old)
}
