//go:build linux

package sensor

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/cilium/ebpf"

	"github.com/lynceus-io/lynceus/collect/sensor/bpf"
)

// AttachEmpty attaches a program to all system calls that does nothing, so that what the sensor's own costs can be
// measured against what any costs. Close removes it.
func AttachEmpty() (io.Closer, error) {
	object, err := ebpf.LoadCollectionSpecFromReader(strings.NewReader(bpf.Sensor()))
	if err != nil {
		return nil, fmt.Errorf("read the programs: %w", err)
	}
	const name = "lynceus_empty"
	program, err := ebpf.NewProgram(object.Programs[name])
	if err != nil {
		return nil, explain("load the empty program", err)
	}
	l, err := tracing(program)
	if err != nil {
		return nil, errors.Join(err, program.Close())
	}
	return closers{l, program}, nil
}

// closers are closed one after the other.
type closers []io.Closer

func (c closers) Close() error {
	var errs []error
	for _, one := range c {
		errs = append(errs, one.Close())
	}
	return errors.Join(errs...)
}
