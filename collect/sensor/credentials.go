//go:build linux

package sensor

import (
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// change is how a process's rights changed. The zero value is not at all.
type change struct {
	known        bool
	before, euid uint32 // effective user ids
	lost, gained uint64 // capabilities
}

// changed compares what was known of a process with what it has now.
func changed(p *process.Process, euid uint32, caps uint64) change {
	if p == nil || !p.Known {
		return change{}
	}
	return change{true, p.EUID, euid, p.Caps &^ caps, caps &^ p.Caps}
}

// any reports whether the process may do something that it could not before, or is another user.
func (c change) any() bool { return c.known && (c.before != c.euid || c.gained != 0) }

// say says what changed.
func (c change) say(e *event.Event, names capabilities) {
	if !c.known {
		return
	}
	if c.before != c.euid {
		event.ProcessPreviousUID.Set(e, int64(c.before))
	}
	if c.gained != 0 {
		event.ProcessCapabilitiesGained.Set(e, names.names(c.gained))
	}
}

// credentials takes in those that a process has after a call.
func (r *rows) credentials(c *record.Call) change {
	p := r.table.Find(c.Actor.Process)
	out := changed(p, c.EUID, c.Caps)
	if out.known && c.Actor.Thread == c.Actor.Process.TGID {
		r.table.Credentials(p, process.Credentials{Caps: c.Caps, EUID: c.EUID, UID: c.UID, EGID: c.EGID})
	}
	return out
}
