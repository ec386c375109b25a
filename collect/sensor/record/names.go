package record

import "bytes"

// Names are those of a path from the last to the first, each ended by NUL.
type Names []byte

// last cuts the name off that comes first in a path.
func (n Names) last() (rest, name []byte) {
	if len(n) > 0 && n[len(n)-1] == 0 {
		n = n[:len(n)-1]
	}
	i := bytes.LastIndexByte(n, 0)
	return n[:i+1], n[i+1:]
}

// AppendPath appends the names from the first to the last, a slash before each, and a single slash for none.
func (n Names) AppendPath(dst []byte) []byte {
	if len(n) == 0 {
		return append(dst, '/')
	}
	for rest := []byte(n); len(rest) > 0; {
		var name []byte
		rest, name = Names(rest).last()
		dst = append(append(dst, '/'), name...)
	}
	return dst
}

// appendPath appends a path whose flags are those of an executable.
func (n Names) appendPath(dst []byte, flags Flags) []byte {
	switch {
	case flags&KernelThread != 0 && len(n) == 0:
		return dst
	case flags&ExeNameless != 0:
		_, name := n.last()
		return append(dst, name...)
	case flags&(ExeCut|ExeUnreachable) != 0:
		dst = append(dst, "..."...)
	}
	return n.AppendPath(dst)
}
