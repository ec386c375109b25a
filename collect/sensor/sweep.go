//go:build linux

package sensor

import (
	"errors"
	"fmt"
)

// sweep has the kernel look through what it remembers, and takes in what there is to tell: what takes long, what rests.
func (s *Sensor) sweep() error {
	var errs []error
	for _, it := range s.programs.sweeps {
		r, err := it.Open()
		if err != nil {
			errs = append(errs, fmt.Errorf("look through what the kernel remembers: %w", err))
			continue
		}
		errs = append(errs, s.found(r), r.Close())
	}
	return errors.Join(errs...)
}

// sockets takes in the sockets that are there already: first those that listen, since they tell which of the connections
// were accepted.
func (s *Sensor) sockets() error {
	if s.programs.sockets == nil {
		return nil
	}
	for _, listening := range []uint32{1, 0} {
		if err := s.programs.collection.Variables[varListening].Set(listening); err != nil {
			return fmt.Errorf("list the sockets: %w", err)
		}
		r, err := s.programs.sockets.Open()
		if err != nil {
			return fmt.Errorf("list the sockets: %w", err)
		}
		if err := errors.Join(s.found(r), r.Close()); err != nil {
			return err
		}
	}
	return nil
}
