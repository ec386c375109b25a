package syscalls

// Kind is what an argument means.
type Kind string

// Kinds that are more than a number. All others are in kinds.
const (
	Descriptor Kind = "fd"   // of a file that the call is about
	Directory  Kind = "dir"  // a descriptor from which the next Path begins
	Path       Kind = "path" // a path, from a directory or the working directory
	Name       Kind = "name" // a path as the caller wrote it
	Text       Kind = "text" // any other text
	How        Kind = "how"  // struct open_how
	CloneArgs  Kind = "cloneargs"
	Address    Kind = "sockaddr"
	CapData    Kind = "capdata"
	Length     Kind = "len" // of the data before it
	Ignored    Kind = "-"
)

// How many bytes are copied of what an argument of a kind points to.
var dataBytes = map[Kind]uint8{How: 24, CloneArgs: 8, Address: 110, CapData: 24}

// kinds says how numbers are written. Those without a function are written by who reads the record.
var kinds = map[Kind]func(uint64) string{
	Descriptor: descriptor, Directory: descriptor, Path: nil, Name: nil, Text: nil, How: nil, CloneArgs: nil, Address: nil, CapData: nil,
	Length: number, Ignored: nil,
	"int": signed, "uint": number, "hex": hexadecimal, "id": identity, "mode": mode,
	"open": openFlags, "clone": flags(cloneFlags), "mount": flags(mountFlags), "umount": flags(umountFlags), "at": flags(atFlags),
	"rename": flags(renameFlags), "memfd": flags(memfdFlags), "prot": flags(protFlags), "map": mapFlags, "moveflags": hexadecimal,
	"ptrace": one(ptraceRequests), "bpf": one(bpfCommands), "prctl": one(prctlOptions), "keyctl": one(keyctlOperations),
	"domain": one(domains), "socket": socketType, "signal": one(signals), "personality": hexadecimal,
}

// Number reports whether arguments of the kind are written by Write.
func (k Kind) Number() bool { return kinds[k] != nil }

// Write returns the text of an argument, which must be a Number. Flags are joined by |, what has no name is in
// hexadecimal.
func (k Kind) Write(v uint64) string { return kinds[k](v) }
