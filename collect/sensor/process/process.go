package process

import (
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/record"
)

// Process is one process of a boot of a node. It belongs to its table: others must not change it, and it is valid until
// the table is fed again.
type Process struct {
	record.Key
	// Parent is who made it, nil when that is not known. Of a process that was found running it is the one that would
	// be told of its end, which may have taken it over.
	Parent *Process
	// Known says that what follows is known: that it was seen to execute a program, or found running, or was made by
	// one of which that is known.
	Known bool
	// Exe is the path of its program, CWD its working directory when it began to run that, CmdLine its arguments, Comm
	// its name. A process that has executed nothing itself has its parent's.
	Exe, CWD, CmdLine, Comm, TTY string
	// First is how many bytes of CmdLine are its first argument.
	First int
	// Group is the number of its process group's leader when it began to run its program.
	Group uint32
	// Environment are those variables of its environment that were asked for, as NAME=value.
	Environment []string
	// Unlinked says that the program's file had no name in any directory.
	Unlinked bool
	// Streams are those of record.StdinNetwork, StdoutNetwork and StderrNetwork that held when it began to run its program.
	Streams record.Flags
	// Kernel says that it is a thread of the kernel.
	Kernel bool
	// Caps has a bit for each effective capability, Permitted for those that it may put in force. EUID, EGID are the effective ids, UID the real one, all of the root
	// user namespace.
	Caps, Permitted uint64
	EUID, UID, EGID uint32
	LoginUID        uint32 // record.NoLogin when it descends from no login
	Session         uint32 // number of its session's leader
	// NSPID is its number in its own PID namespace; 0 until it has executed a program itself.
	NSPID uint32
	// Execs counts the programs that it has executed. Of those before it was found running, one is counted.
	Execs  uint64
	Cgroup uint64
	// File is the version of the program's file, Level how deep its PID namespace lies.
	File  record.ExeFile
	Level uint32
	// Ended is when it ended, in nanoseconds since the boot; 0 while it runs.
	Ended uint64
	// Identity is a place for the identity that its events have. The table leaves it alone.
	Identity string
	// Tree is where in a container it comes from. Who feeds the table sets it; a new process has its parent's.
	Tree *Tree

	execBase, execID uint64
	children         *Process // the youngest; the others follow by sibling
	elder, sibling   *Process
	group            *group
	queue            *list
	previous, behind *Process // in the queue
}

// inherit gives a new process what it has from who made it.
func (p *Process) inherit(parent *Process) {
	p.Known, p.Kernel = parent.Known, parent.Kernel
	p.Exe, p.CWD, p.CmdLine, p.Comm, p.TTY = parent.Exe, parent.CWD, parent.CmdLine, parent.Comm, parent.TTY
	p.First, p.Unlinked, p.Streams = parent.First, parent.Unlinked, parent.Streams
	p.Caps, p.EUID, p.UID, p.EGID, p.LoginUID = parent.Caps, parent.EUID, parent.UID, parent.EGID, parent.LoginUID
	p.Session, p.Group, p.Tree = parent.Session, parent.Group, parent.Tree
	p.File, p.Level = parent.File, parent.Level
	p.Permitted, p.Environment = parent.Permitted, parent.Environment
}

// take gives a process what a record says of it. The record's texts become one string, of which each is a part.
func (t *Table) take(p *Process, r *record.Program) {
	b := r.AppendExe(t.scratch[:0])
	exe := len(b)
	b = r.AppendCWD(b)
	cwd := len(b)
	b = r.AppendCmdLine(b)
	cmdLine := len(b)
	b = append(b, r.Comm...)
	comm := len(b)
	b = append(b, r.TTY...)
	t.scratch = b
	all := t.texts.of(b)
	p.First = r.First()
	p.Exe, p.CWD, p.CmdLine, p.Comm, p.TTY = all[:exe], all[exe:cwd], all[cwd:cmdLine], all[cmdLine:comm], all[comm:]
	p.Known = true
	p.Unlinked = r.Flags&(record.ExeUnlinked|record.ExeNameless) != 0
	p.Streams = r.Flags & (record.StdinNetwork | record.StdoutNetwork | record.StderrNetwork)
	p.Kernel = r.Flags&record.KernelThread != 0
	p.Caps, p.EUID, p.UID, p.EGID, p.LoginUID = r.Caps, r.EUID, r.UID, r.EGID, r.LoginUID
	p.Session, p.NSPID, p.Group, p.Permitted = r.Session, r.NSPID, r.Group, r.Permitted
	p.File, p.Level = r.File, r.Level
	p.Environment = variables(r.Environment)
	p.execID = r.ExecID
}

// Argument returns the first argument: the program's name as whoever started it gave it.
func (p *Process) Argument() string { return p.CmdLine[:p.First] }

// Arguments returns those after the first, joined by blanks.
func (p *Process) Arguments() string { return strings.TrimPrefix(p.CmdLine[p.First:], " ") }

// bytes is how much memory the process takes. Text that a child has from its parent is counted for both, since either
// may outlive the other.
func (p *Process) bytes() int64 {
	return processBytes + int64(len(p.Exe)+len(p.CWD)+len(p.CmdLine)+len(p.Comm)+len(p.TTY)) + environmentBytes(p.Environment)
}

// Credentials are as whom a process acts.
type Credentials struct {
	Caps            uint64
	EUID, UID, EGID uint32
}
