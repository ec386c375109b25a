package record

// ExeFile is the version of the file that a program is.
type ExeFile struct {
	Device  uint32 // as the kernel numbers it
	Magic   uint32 // of the file system, see statfs(2)
	Inode   uint64
	Size    uint64
	Changed int64 // time of the last change (ctime), nanoseconds since 1970
	Where   Where
}

// Where says on which mount and in which layer a file is.
type Where uint32

// The bits, as in records.h.
const (
	OnRoot       Where = 1 << iota // on the mount that is the process's root
	UpperLayer                     // of an overlay: it was written or changed after that was mounted
	LowerLayer                     // and has an original below, or this kernel does not let that be seen
	MetadataOnly                   // of which it has the content: only owner, mode or attributes were changed
)
