//go:build linux

package sensor

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

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
	return errors.Join(s.found(tasks), tasks.Close(), s.counted(s.rows.tellRunning()))
}

// foundRunning is a process that was found: its parent may be listed after it, since numbers begin anew some time.
type foundRunning struct {
	process, parent record.Key
	at              uint64
}

// tellRunning emits the rows of the processes that were found, once all of them are known.
func (r *rows) tellRunning() error {
	all := r.running
	r.running = nil
	// Parents first: what is said of a process depends on what is known of those that it comes from.
	slices.SortStableFunc(all, func(a, b foundRunning) int { return cmp.Compare(a.process.Start, b.process.Start) })
	for _, f := range all {
		r.table.Relate(f.process, f.parent)
	}
	for _, f := range all {
		p := r.table.Find(f.process)
		if p == nil { // forgotten since, for want of memory
			continue
		}
		r.entered(p)
		if err := r.row(p, activityRunning, f.at); err != nil {
			return err
		}
	}
	return nil
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
	p := &r.record.Program
	if r.record.Kind == record.KindTask && p.Thread == uint32(os.Getpid()) {
		if err := r.itself(p); err != nil {
			return err
		}
	}
	if r.record.Kind == record.KindTask && p.Flags&record.KernelThread == 0 {
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
