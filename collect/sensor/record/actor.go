package record

import "encoding/binary"

// Actor is who did what a record tells.
type Actor struct {
	Process Key
	Thread  uint32
	Cgroup  uint64
}

// actorSize is the size of struct actor, which follows the head of each record of an act.
const actorSize = 24

// decode reads struct actor at the beginning of b, which is long enough.
func (a *Actor) decode(b []byte) {
	le := binary.LittleEndian
	a.Process = Key{le.Uint32(b), le.Uint64(b[8:])}
	a.Thread, a.Cgroup = le.Uint32(b[4:]), le.Uint64(b[16:])
}
