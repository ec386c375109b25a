package enforce

import (
	"encoding/hex"
	"net/netip"
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (r *reader) match(n *yaml.Node) (m Match) {
	texts := func(to *[]string, what string, check func(*yaml.Node, string)) func(*yaml.Node) {
		return func(n *yaml.Node) {
			r.items(n, what, func(n *yaml.Node) {
				if s := r.Text(n, "each of "+what); s != "" {
					check(n, s)
					*to = append(*to, s)
				}
			})
		}
	}
	r.Members(n, "match", map[string]func(*yaml.Node){
		"paths":       texts(&m.Paths, "paths", r.path),
		"directories": texts(&m.Directories, "directories", r.directory),
		"names":       texts(&m.Names, "names", r.name),
		"sha256":      texts(&m.SHA256, "sha256", r.hash),
		"memoryOnly":  func(n *yaml.Node) { m.MemoryOnly = r.Flag(n, "memoryOnly") },
		"dropped":     func(n *yaml.Node) { m.Dropped = r.Flag(n, "dropped") },
		"connect": func(n *yaml.Node) {
			r.items(n, "connect", func(n *yaml.Node) { m.Connect = append(m.Connect, r.peer(n)) })
		},
	})
	return m
}

// path checks a path as the kernel would say it: the tables compare bytes.
func (r *reader) path(n *yaml.Node, s string) {
	switch {
	case !strings.HasPrefix(s, "/"), path.Clean(s) != s, s == "/", strings.ContainsRune(s, 0):
		r.Fail(n, "%q is not the whole path of a program: it begins with a slash and has no //, . or .. in it", s)
	case len(s) >= keyText:
		r.Fail(n, "the path has %d bytes; %d is the most", len(s), keyText-1)
	}
}

func (r *reader) directory(n *yaml.Node, s string) {
	if s != "/" && strings.HasSuffix(s, "/") {
		s = s[:len(s)-1]
		r.path(n, s)
		return
	}
	if s != "/" {
		r.Fail(n, "%q does not end with a slash, as a directory has to here", s)
	}
}

func (r *reader) name(n *yaml.Node, s string) {
	if strings.ContainsAny(s, "/\x00") || len(s) >= keyText {
		r.Fail(n, "%q is not the last part of a path", s)
	}
}

// sha256Hex is how long a SHA-256 is in hexadecimal.
const sha256Hex = 64

func (r *reader) hash(n *yaml.Node, s string) {
	if _, err := hex.DecodeString(s); err != nil || len(s) != sha256Hex || strings.ToLower(s) != s {
		r.Fail(n, "%q is not a SHA-256: it has %d hexadecimal digits in lower case", s, sha256Hex)
	}
}

func (r *reader) peer(n *yaml.Node) (p Peer) {
	r.Members(n, "connect", map[string]func(*yaml.Node){
		"cidr": func(n *yaml.Node) {
			var err error
			if p.Prefix, err = netip.ParsePrefix(r.Text(n, "cidr")); err != nil || p.Prefix.Masked() != p.Prefix {
				r.Fail(n, "%q is not a range of addresses: it looks like 203.0.113.0/24, with zeros after the prefix", n.Value)
			}
		},
		"ports": func(n *yaml.Node) {
			r.items(n, "ports", func(n *yaml.Node) {
				port, err := strconv.ParseUint(n.Value, 10, 16)
				if err != nil || port == 0 || n.Kind != yaml.ScalarNode {
					r.Fail(n, "%q is not a port from 1 to 65535", n.Value)
				}
				p.Ports = append(p.Ports, uint16(port))
			})
		},
	})
	if n.Kind == yaml.MappingNode && !p.Prefix.IsValid() && r.Failures() == 0 {
		r.Fail(n, "%q is missing; 0.0.0.0/0 and ::/0 are every address", "cidr")
	}
	return p
}
