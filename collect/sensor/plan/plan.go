// Package plan says what a sensor is to observe, as plain data: rules, policies and profiles say what they need, the
// sensor attaches the hooks that serve it and no others.
package plan

import (
	"slices"
	"strings"
)

// Plan is what somebody wants to be told. The zero value is processes alone, which are always told: their starts, their
// ends and those that run already. It may be told more than it says, where telling less would cost more.
type Plan struct {
	Files Files
	// Calls are the system calls that are told one by one, by their names in section 2 of the manual pages: those that
	// have tables of their own there, others in table kernel.
	Calls []string
	// Network wants connections, listening sockets and conversations without connections.
	Network bool
	// DNS wants questions and answers.
	DNS bool
	// Stop wants what policies match to be told, and stopped.
	Stop bool
	// Any has everything attached that any plan may need, so that the sensor can be given other plans while it runs. What
	// is told follows from the rest.
	Any bool
	// Environment wants, of the environments of programs that start, the variables that contain one of these texts, in
	// whatever case; "" is in all.
	Environment []string
}

// Files are the acts on files that are told, by the path that the kernel resolved.
type Files struct {
	// Read are opens that can only read; Write those that can write or create.
	Read, Write Paths
	// Climbing are opens of either kind by a name that goes up, as the caller wrote it: "../" is part of it.
	Climbing Paths
	// Change are names that are made, moved, linked and removed, and modes and owners that are set.
	Change Paths
	// Failed wants opens of Read and Write that failed, too, by the path that the caller gave; never those of files that
	// are not there.
	Failed bool
}

// Paths is a set of paths: all, or those that meet any of its conditions. The zero value is none.
type Paths struct {
	All bool
	// Prefixes are beginnings of paths; one that ends with a slash is a directory with all that lies in it.
	Prefixes []string
	// Names are last parts of paths, whole; Suffixes the ends of such.
	Names, Suffixes []string
	// Directories are names of directories, whole, that stand anywhere above the file.
	Directories []string
	// Contains are texts without a slash that stand in any part of the path.
	Contains []string
}

// Empty reports whether there is no path in the set.
func (p *Paths) Empty() bool {
	return !p.All && len(p.Prefixes)+len(p.Names)+len(p.Suffixes)+len(p.Directories)+len(p.Contains) == 0
}

// Add makes p the union of itself and q.
func (p *Paths) Add(q Paths) {
	if p.All = p.All || q.All; p.All {
		*p = Paths{All: true}
		return
	}
	p.Prefixes = union(p.Prefixes, q.Prefixes)
	p.Names = union(p.Names, q.Names)
	p.Suffixes = union(p.Suffixes, q.Suffixes)
	p.Directories = union(p.Directories, q.Directories)
	p.Contains = union(p.Contains, q.Contains)
}

// Opened returns the paths of opens that have to be looked at: those that can write, or those that can only read.
func (f *Files) Opened(write bool) Paths {
	var out Paths
	if write {
		out.Add(f.Write)
	} else {
		out.Add(f.Read)
	}
	out.Add(f.Climbing)
	return out
}

// Plain returns the paths of opens that are told by whatever name the file is opened; all of them where no name matters.
func (f *Files) Plain(write bool) Paths {
	switch {
	case f.Climbing.Empty():
		return Paths{All: true}
	case write:
		return f.Write
	}
	return f.Read
}

// Tells reports whether an open of a path is told, by the name that the caller gave.
func (f *Files) Tells(path, name string, write bool) bool {
	of := &f.Read
	if write {
		of = &f.Write
	}
	return of.Match(path) || strings.Contains(name, "../") && f.Climbing.Match(path)
}

// Add makes p serve all that q serves, too.
func (p *Plan) Add(q Plan) {
	p.Files.Read.Add(q.Files.Read)
	p.Files.Write.Add(q.Files.Write)
	p.Files.Climbing.Add(q.Files.Climbing)
	p.Files.Change.Add(q.Files.Change)
	p.Files.Failed = p.Files.Failed || q.Files.Failed
	p.Calls = union(p.Calls, q.Calls)
	p.Network = p.Network || q.Network
	p.DNS = p.DNS || q.DNS
	p.Stop = p.Stop || q.Stop
	p.Any = p.Any || q.Any
	p.Environment = union(p.Environment, q.Environment)
}

// union returns what is in a or b, sorted, each once. Neither is changed.
func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
