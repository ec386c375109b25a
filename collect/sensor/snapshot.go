//go:build linux

package sensor

import (
	"errors"
	"fmt"
	"io"

	"github.com/lynceus-io/lynceus/collect/sensor/record"
)

// iteratorBytes is how much of the iterator is read at once. No record is longer than 32 KiB.
const iteratorBytes = 64 << 10

// snapshot takes in what runs already, from the kernel's own list of tasks.
func (s *Sensor) snapshot() error {
	tasks, err := s.programs.tasks.Open()
	if err != nil {
		return fmt.Errorf("list the tasks: %w", err)
	}
	return errors.Join(s.found(tasks), tasks.Close())
}

// found takes in the records that the iterator writes, whose reads end anywhere.
func (s *Sensor) found(tasks io.Reader) error {
	buf := make([]byte, iteratorBytes)
	for have := 0; ; {
		n, err := tasks.Read(buf[have:])
		have += n
		rest := buf[:have]
		for {
			size, sizeErr := record.Size(rest)
			if sizeErr != nil { // the rest of it comes with the next read
				break
			}
			if err := s.task(rest[:size]); err != nil {
				return err
			}
			rest = rest[size:]
		}
		have = copy(buf, rest)
		switch {
		case errors.Is(err, io.EOF) && have == 0:
			return nil
		case errors.Is(err, io.EOF), err == nil && have == len(buf):
			return fmt.Errorf("list the tasks: %w: %d bytes that are no record", record.ErrMalformed, have)
		case err != nil:
			return fmt.Errorf("list the tasks: %w", err)
		}
	}
}

// task takes in a process that was found running. The kernel's list has no arguments, since these are in the memory of
// each process; procfs has them.
func (s *Sensor) task(b []byte) error {
	r := s.rows
	if err := r.record.Decode(b); err != nil {
		return s.counted(err)
	}
	if p := &r.record.Program; r.record.Kind == record.KindTask && p.Flags&record.KernelThread == 0 {
		args, total, err := arguments(s.spec.Proc, p.Thread, p.Process.Start)
		switch {
		case err != nil:
			p.Flags |= record.ArgsUnreadable
		case total > uint64(len(args)):
			p.Flags |= record.ArgsCut
		}
		p.Args, p.ArgsTotal = args, total
	}
	return s.counted(r.apply())
}
