//go:build !unix

package tail

import (
	"hash/fnv"
	"io/fs"
)

// fileID tells files of one machine apart while they exist.
type fileID struct{ device, inode uint64 }

// idOf stands for an identity by the path, where the system gives none: a file
// that is renamed is another one then, and is recognised by its text.
func idOf(path string, _ fs.FileInfo) fileID {
	h := fnv.New64a()
	h.Write([]byte(path))
	return fileID{inode: h.Sum64()}
}
