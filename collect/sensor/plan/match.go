package plan

import (
	"slices"
	"strings"
)

// CutPath begins a path whose beginning is not known.
const CutPath = "..."

// Match reports whether a path is in the set. A path that begins with CutPath meets every prefix: it may have it.
func (p *Paths) Match(path string) bool {
	if p.All {
		return true
	}
	cut := strings.HasPrefix(path, CutPath)
	for _, prefix := range p.Prefixes {
		if cut || strings.HasPrefix(path, prefix) {
			return true
		}
	}
	for _, suffix := range p.Suffixes {
		if strings.HasSuffix(path, suffix) {
			return true
		}
	}
	for _, text := range p.Contains {
		if strings.Contains(path, text) {
			return true
		}
	}
	return len(p.Names)+len(p.Directories) > 0 && p.matchParts(path)
}

// matchParts looks for names of the file and of directories.
func (p *Paths) matchParts(path string) bool {
	for len(p.Directories) > 0 {
		part, rest, more := strings.Cut(path, "/")
		if !more {
			break
		}
		if slices.Contains(p.Directories, part) {
			return true
		}
		path = rest
	}
	return slices.Contains(p.Names, path[strings.LastIndexByte(path, '/')+1:])
}
