package spawn

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Own makes a directory if there is none, and gives it with all that is in it to somebody. What belongs to neither root
// nor that user is not touched: it is an error. Symbolic links are given away themselves and not followed, and nothing
// outside of the directory is reached, whatever somebody does to it meanwhile.
func Own(id Identity, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := root.Lstat(name)
		if err != nil {
			return err
		}
		st := info.Sys().(*syscall.Stat_t)
		switch {
		case int(st.Uid) == id.UID && int(st.Gid) == id.GID:
			return nil
		case st.Uid != 0 && int(st.Uid) != id.UID:
			return fmt.Errorf("%s belongs to user %d: name that one with --user, or another directory", filepath.Join(dir, name), st.Uid)
		case info.Mode().IsRegular() && st.Nlink > 1:
			return fmt.Errorf("%s has %d names: it may be a file of somebody else and is not given away", filepath.Join(dir, name), st.Nlink)
		}
		return root.Lchown(name, id.UID, id.GID)
	})
}

// Owner returns who owns a path, root where it does not exist.
func Owner(path string) Identity {
	info, err := os.Stat(path)
	if err != nil {
		return Identity{}
	}
	st := info.Sys().(*syscall.Stat_t)
	return Identity{UID: int(st.Uid), GID: int(st.Gid)}
}
