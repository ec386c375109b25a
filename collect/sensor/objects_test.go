//go:build linux

package sensor

import (
	"errors"
	"io"
	"io/fs"
	"runtime"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
)

// awaitGone fails the test unless the kernel removes an object soon: it waits for those who may be using it.
func (o object) awaitGone(t *testing.T) {
	t.Helper()
	for began, wait := time.Now(), 5*time.Millisecond; time.Since(began) < patience; wait = min(2*wait, time.Second) {
		got, err := o.open()
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err == nil {
			got.Close()
		}
		time.Sleep(wait)
		runtime.GC() // what is mapped, such as the variables of the programs, goes when it is collected
	}
	t.Errorf("%s %d is still in the kernel", o.kind, o.id)
}

func (o object) open() (io.Closer, error) {
	switch o.kind {
	case "prog":
		return ebpf.NewProgramFromID(ebpf.ProgramID(o.id))
	case "map":
		return ebpf.NewMapFromID(ebpf.MapID(o.id))
	}
	return link.NewFromID(link.ID(o.id))
}
