package spawn

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Reachable returns nil when somebody could open each of the paths for reading and get to the directory dir; else why
// not, one error for each. What does not exist is not asked about.
func Reachable(id Identity, dir string, paths []string) error {
	return as(id, func() error {
		var errs []error
		if err := unix.Access(dir, unix.X_OK); err != nil {
			errs = append(errs, fmt.Errorf("reach %s: %w", dir, err))
		}
		for _, path := range paths {
			f, err := os.Open(path)
			if err == nil {
				err = f.Close()
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	})
}

// Writable returns nil when somebody could make files in a directory.
func Writable(id Identity, dir string) error {
	return as(id, func() error {
		f, err := os.CreateTemp(dir, ".writable-*")
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), os.Remove(f.Name()))
	})
}

// as calls f on a thread that runs as somebody else, and ends with it.
func as(id Identity, f func() error) error {
	out := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if err := become(id); err != nil {
			out <- err
			return
		}
		out <- f()
	}()
	return <-out
}
