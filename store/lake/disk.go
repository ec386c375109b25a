package lake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
)

// disk is the lake's directory. Names are below it, with slashes. What its
// methods did is durable only where they say so.
type disk struct {
	dir string
	// fault is asked before each step that changes the disk, with the step's
	// name and the file's; an error is the step's. Tests use it for disks
	// that are full and machines that stop; nil for none.
	fault func(step, name string) error
}

func (d *disk) path(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

func (d *disk) step(step, name string) error {
	if d.fault == nil {
		return nil
	}
	return d.fault(step, name)
}

// file is a new file.
type file struct {
	*os.File
	d    *disk
	name string
}

// create makes a new file; one that is there is emptied.
func (d *disk) create(name string) (*file, error) {
	if err := d.step("create", name); err != nil {
		return nil, diskError(err)
	}
	f, err := os.OpenFile(d.path(name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return nil, diskError(err)
	}
	return &file{f, d, name}, nil
}

// Write writes p.
func (f *file) Write(p []byte) (int, error) {
	if err := f.d.step("write", f.name); err != nil {
		return 0, diskError(err)
	}
	n, err := f.File.Write(p)
	return n, diskError(err)
}

// finish makes the file's content durable and closes it.
func (f *file) finish() error {
	err := f.d.step("sync", f.name)
	if err == nil {
		err = f.Sync()
	}
	return diskError(errors.Join(err, f.Close()))
}

// rename moves a file; syncDir of the new directory makes that durable.
func (d *disk) rename(from, to string) error {
	if err := d.step("rename", to); err != nil {
		return diskError(err)
	}
	return diskError(os.Rename(d.path(from), d.path(to)))
}

// remove removes a file; one that is not there is no error.
func (d *disk) remove(name string) error {
	if err := d.step("remove", name); err != nil {
		return diskError(err)
	}
	if err := os.Remove(d.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncDir makes durable what a directory lists.
func (d *disk) syncDir(name string) error {
	if err := d.step("syncdir", name); err != nil {
		return diskError(err)
	}
	f, err := os.Open(d.path(name))
	if err != nil {
		return err
	}
	return diskError(errors.Join(f.Sync(), f.Close()))
}

// mkdir makes a directory and those above it, durably.
func (d *disk) mkdir(name string) error {
	if _, err := os.Stat(d.path(name)); err == nil {
		return nil
	}
	up := path.Dir(name)
	if up != name {
		if err := d.mkdir(up); err != nil {
			return err
		}
	}
	if err := d.step("mkdir", name); err != nil {
		return diskError(err)
	}
	if err := os.Mkdir(d.path(name), 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return diskError(err)
	}
	return d.syncDir(up)
}

// diskError makes a full disk known as ErrFull.
func diskError(err error) error {
	if errors.Is(err, ErrFull) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fullError(err)
	}
	return err
}

func fullError(err error) error {
	return fmt.Errorf("%w: %w; free some room, keep tables for a shorter time or bound the size of the store, then intake goes on", ErrFull, err)
}

// lockFile takes the lake for one writer. The lock goes with the process.
func lockFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = fmt.Errorf("%w: %s; stop it, or open the store for reading only", ErrLocked, name)
		}
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
