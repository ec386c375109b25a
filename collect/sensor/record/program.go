package record

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Flags say what is special about a Program.
type Flags uint32

// The flags, as in records.h.
const (
	ExeCut         Flags = 1 << iota // the beginning of the path is missing
	ExeUnreachable                   // the path does not begin at a root
	ExeNameless                      // a memfd or the like: it has a name, but stands in no directory
	ExeUnlinked                      // the name has been removed
	CWDCut                           // the same of the working directory
	CWDUnreachable                   //
	CWDNameless                      //
	CWDUnlinked                      //
	ArgsCut                          // the middle of the arguments is missing
	ArgsUnreadable                   // none of the arguments could be read
	KernelThread                     // it has no program
	NeverExecuted                    // it runs the program of who forked it
	StdinNetwork                     // its standard input is a socket of IPv4 or IPv6 that does not listen
	StdoutNetwork                    // the same of its output
	StderrNetwork                    // and of its errors
)

// cwdShift is from a flag of the path to that of the directory.
const cwdShift = 4

// Bytes of ArgsCut arguments that stand before the gap, and after it.
const (
	argsHead = 12288
	argsTail = 4096
)

// NoLogin is the login user id of processes that nobody's login began.
const NoLogin = 1<<32 - 1

// Program is a process and what it runs.
type Program struct {
	Process Key
	// Thread is the thread that called exec; of a process that was found running, its number in procfs.
	Thread uint32
	// Parent is the process that would be told of its end: who made it, or whoever took it over.
	Parent Key
	NSPID  uint32 // its number in its own PID namespace
	ExecID uint64 // grows with each exec; inherited by children
	Cgroup uint64
	// Caps are the effective capabilities, a bit each, Permitted those that it may put in force.
	Caps, Permitted uint64
	// EUID is the effective user id, by which it may do things; UID the real one. All in the root user namespace.
	EUID, UID, EGID uint32
	LoginUID        uint32 // NoLogin when there is none
	Session         uint32 // number of the session's leader
	Group           uint32 // number of the process group's leader
	Flags           Flags
	ArgsTotal       uint64 // bytes of all arguments, also of those that are missing
	File            ExeFile
	Level           uint32 // of its PID namespace, 0 for the root
	Exe, CWD        Names
	Args            []byte // each ended by NUL
	// Environment are the first variables, NAME=value, each ended by NUL; none unless they were asked for. The last may
	// be cut off.
	Environment []byte
	Comm, TTY   []byte
}

func (p *Program) decode(b []byte) error {
	if len(b) < programSize {
		return short("program", b)
	}
	le := binary.LittleEndian
	p.Process = Key{le.Uint32(b[16:]), le.Uint64(b[24:])}
	p.Thread = le.Uint32(b[20:])
	p.Parent = Key{le.Uint32(b[32:]), le.Uint64(b[40:])}
	p.NSPID = le.Uint32(b[36:])
	p.ExecID, p.Cgroup, p.Caps = le.Uint64(b[48:]), le.Uint64(b[56:]), le.Uint64(b[64:])
	p.EUID, p.UID, p.EGID = le.Uint32(b[72:]), le.Uint32(b[76:]), le.Uint32(b[80:])
	p.LoginUID, p.Session = le.Uint32(b[84:]), le.Uint32(b[88:])
	p.Flags, p.ArgsTotal = Flags(le.Uint32(b[92:])), le.Uint64(b[96:])
	exe, cwd, args := uint64(le.Uint32(b[104:])), uint64(le.Uint32(b[108:])), uint64(le.Uint32(b[112:]))
	p.File = ExeFile{
		Inode: le.Uint64(b[120:]), Size: le.Uint64(b[128:]), Changed: int64(le.Uint64(b[136:])),
		Device: le.Uint32(b[144:]), Magic: le.Uint32(b[148:]), Where: Where(le.Uint32(b[156:])),
	}
	p.Level = le.Uint32(b[152:])
	p.Comm, p.TTY = text(b[160:176]), text(b[176:192])
	p.Permitted, p.Group = le.Uint64(b[192:]), le.Uint32(b[200:])
	environment := uint64(le.Uint32(b[204:]))
	tail := b[programSize:]
	if exe+cwd+args+environment > uint64(len(tail)) {
		return fmt.Errorf("%w: program has %d bytes of names and arguments, the record %d", ErrMalformed, exe+cwd+args+environment, len(tail))
	}
	p.Exe, p.CWD, p.Args = Names(tail[:exe]), Names(tail[exe:exe+cwd]), tail[exe+cwd:exe+cwd+args]
	p.Environment = nil
	if environment > 0 {
		p.Environment = tail[exe+cwd+args : exe+cwd+args+environment]
	}
	return nil
}

// AppendExe appends the path of the program: from the root of its mount namespace; beginning with "..." where the
// beginning is not known; "memfd:name" for what stands in no directory. It appends nothing for a kernel thread.
func (p *Program) AppendExe(dst []byte) []byte { return p.Exe.appendPath(dst, p.Flags) }

// AppendCWD appends the path of the working directory, in the same form.
func (p *Program) AppendCWD(dst []byte) []byte { return p.CWD.appendPath(dst, p.Flags>>cwdShift) }

// AppendCmdLine appends the arguments, joined by blanks. Where the middle is missing stands how much that is.
func (p *Program) AppendCmdLine(dst []byte) []byte {
	if p.Flags&ArgsCut == 0 || len(p.Args) < argsHead || p.ArgsTotal < uint64(len(p.Args)) {
		return appendArgs(dst, p.Args)
	}
	dst = appendArgs(dst, p.Args[:argsHead])
	dst = fmt.Appendf(dst, " [%d bytes left out] ", p.ArgsTotal-uint64(len(p.Args)))
	return appendArgs(dst, p.Args[argsHead:])
}

// First returns how many bytes the first argument has.
func (p *Program) First() int {
	if i := bytes.IndexByte(p.Args, 0); i >= 0 {
		return i
	}
	return len(p.Args)
}

// appendArgs appends arguments that are each ended by NUL, with blanks between them.
func appendArgs(dst, args []byte) []byte {
	if n := len(args); n > 0 && args[n-1] == 0 {
		args = args[:n-1]
	}
	start := len(dst)
	dst = append(dst, args...)
	for i, c := range dst[start:] {
		if c == 0 {
			dst[start+i] = ' '
		}
	}
	return dst
}

// Shorten returns args, or, when they are more than the kernel's programs copy, the first and the last of them in the
// place of all.
func Shorten(args []byte) []byte {
	if len(args) <= argsHead+argsTail {
		return args
	}
	return append(args[:argsHead], args[len(args)-argsTail:]...)
}
