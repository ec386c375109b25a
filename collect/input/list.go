package input

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Stdin is the name that stands for standard input.
const Stdin = "-"

// A File is something that can be opened and read.
type File struct {
	// Name is the path, or Stdin.
	Name string
	// Size in bytes as it stands; 0 where that is not known.
	Size int64
	// Named says that it was asked for by name, not found in a directory.
	Named bool
	// Once says that it can be read only once: a pipe, standard input.
	Once bool
}

// List returns the files that paths mean, sorted by name, each once. A
// directory means every regular file below it, and links to such files. The
// error names the first path that cannot be read; a directory below one that
// was named is in skipped where that is so.
func List(paths []string) (files []File, skipped []error, err error) {
	seen := map[string]bool{}
	add := func(f File) {
		if !seen[f.Name] {
			seen[f.Name] = true
			files = append(files, f)
		}
	}
	for _, p := range paths {
		if p == Stdin {
			add(File{Name: Stdin, Named: true, Once: true})
			continue
		}
		p = filepath.Clean(p)
		info, err := os.Stat(p)
		if err != nil {
			return nil, nil, fmt.Errorf("open log: %w", err)
		}
		if !info.IsDir() {
			once := !info.Mode().IsRegular()
			add(File{Name: p, Size: regularSize(info), Named: true, Once: once})
			continue
		}
		err = filepath.WalkDir(p, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				if path == p {
					return fmt.Errorf("open log: %w", err)
				}
				skipped = append(skipped, err)
				return nil
			}
			if info, ok := regular(path, entry); ok {
				add(File{Name: path, Size: info.Size()})
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	slices.SortFunc(files, func(a, b File) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		}
		return 0
	})
	return files, skipped, nil
}

// regular returns what is known of an entry that is a file or a link to one.
func regular(path string, entry fs.DirEntry) (fs.FileInfo, bool) {
	if t := entry.Type(); !t.IsRegular() && t&fs.ModeSymlink == 0 {
		return nil, false
	}
	info, err := os.Stat(path)
	return info, err == nil && info.Mode().IsRegular()
}

func regularSize(info fs.FileInfo) int64 {
	if info.Mode().IsRegular() {
		return info.Size()
	}
	return 0
}
