package syscalls

import (
	"encoding/binary"

	"github.com/lynceus-io/lynceus/collect/sensor/record"
)

// Wanted reports whether a call meets those of its conditions that the kernel cannot look at.
func Wanted(c *Call, r *record.Call) bool {
	if c.Name != "clone3" {
		return true
	}
	return len(r.Data) >= 8 && binary.LittleEndian.Uint64(r.Data)&newNamespaces != 0
}
