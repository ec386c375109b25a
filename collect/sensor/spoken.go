//go:build linux

package sensor

import (
	"encoding/binary"
	"path"
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/collect/sensor/syscalls"
)

// spoken is a call with its arguments in words.
type spoken struct {
	call   *syscalls.Call
	record *record.Call
	// values has a text for each parameter.
	values []string
	// paths are those that the call takes, made absolute; raw is the last as the caller wrote it, text the last other text.
	paths     []string
	raw, text string
	// flags and mode are those of an open; mounted is the path by which it was opened, where that is not the file's.
	flags, mode uint64
	mounted     string
}

// read reads all arguments.
func (a *spoken) read() {
	texts, places := 0, 0
	next := func() string {
		texts++
		return string(a.record.Texts[texts-1])
	}
	a.values = make([]string, len(a.call.Parameters))
	for i, p := range a.call.Parameters {
		v := a.record.Arguments[i]
		switch p.Kind {
		case syscalls.Path:
			a.raw = next()
			a.paths = append(a.paths, absolute(string(a.record.AppendPlace(nil, places)), a.raw))
			a.values[i] = a.paths[places]
			places = min(places+1, len(a.record.Places)-1)
		case syscalls.Name:
			a.raw = next()
			a.values[i] = a.raw
		case syscalls.Text:
			a.text = next()
			a.values[i] = a.text
		case syscalls.How:
			a.values[i] = a.how()
		case syscalls.CloneArgs:
			a.values[i] = syscalls.Kind("clone").Write(a.word(0))
		case syscalls.Address:
			a.text = unixPath(a.record.Data)
			a.values[i] = a.text
		case syscalls.CapData:
			a.values[i] = a.capabilities()
		default:
			a.number(i, p, v)
		}
	}
	if a.call.Name == "creat" {
		a.flags = syscalls.CreateFlags
	}
}

// readRing reads what is told of an open by io_uring: flags and path of a file that gets no descriptor.
func (a *spoken) readRing() {
	a.raw = string(a.record.Texts[0])
	a.flags, a.mode = a.record.Arguments[2], a.record.Arguments[3]
}

// number writes an argument that is one.
func (a *spoken) number(i int, p syscalls.Parameter, v uint64) {
	if !p.Kind.Number() {
		return
	}
	a.values[i] = p.Kind.Write(v)
	switch p.Kind {
	case "open":
		a.flags = v
	case "mode":
		a.mode = v
	}
}

// open reports whether the call opens files.
func (a *spoken) open() bool {
	return a.call.Activity == activityOpen && a.call.Recipe().Families == 0
}

// word returns a number of 64 bits from the data, 0 where it is too short.
func (a *spoken) word(at int) uint64 {
	if len(a.record.Data) < at+8 {
		return 0
	}
	return binary.LittleEndian.Uint64(a.record.Data[at:])
}

// how reads struct open_how: flags, mode, and how to resolve.
func (a *spoken) how() string {
	a.flags, a.mode = a.word(0), a.word(8)
	return syscalls.Kind("open").Write(a.flags)
}

// capabilities reads what capset(2) is given: pairs of effective, permitted and inheritable words of 32 bits.
func (a *spoken) capabilities() string {
	first := a.word(0)
	effective := first & (1<<32 - 1)
	if len(a.record.Data) >= 24 {
		effective |= a.word(12) << 32
	}
	return strings.Join(capabilities{}.names(effective), "|")
}

// file returns the path of the file that the call was about.
func (a *spoken) file() string { return string(a.record.AppendPlace(nil, 0)) }

// absolute joins a path that a process wrote to the directory from which it begins.
func absolute(dir, text string) string {
	switch {
	case text == "": // by AT_EMPTY_PATH, or what could not be read
		return dir
	case text[0] == '/':
		return path.Clean(text)
	}
	return path.Join(dir, text)
}

// unixPath returns the path in a struct sockaddr_un; that of a socket in the abstract namespace begins with @.
func unixPath(b []byte) string {
	if len(b) < 3 {
		return ""
	}
	b = b[2:]
	if b[0] == 0 {
		return "@" + strings.TrimRight(string(b[1:]), "\x00")
	}
	name, _, _ := strings.Cut(string(b), "\x00")
	return name
}
