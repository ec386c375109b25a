//go:build unix

package tail

import (
	"io/fs"
	"syscall"
)

// fileID tells files of one machine apart while they exist.
type fileID struct{ device, inode uint64 }

// idOf returns the identity of the file at path.
func idOf(_ string, info fs.FileInfo) fileID {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}
	}
	return fileID{uint64(s.Dev), uint64(s.Ino)}
}
