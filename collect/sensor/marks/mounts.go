//go:build linux

package marks

import (
	"bufio"
	"io"
	"strings"
)

// mount is a line of mountinfo (proc_pid_mountinfo(5)).
type mount struct {
	device, root, point, kind string
	// upper is the directory to which an overlay writes.
	upper string
}

// maxMounts bounds how many mounts are looked at; nodes have some hundreds.
const maxMounts = 64 << 10

// readMounts reads mountinfo. Lines that it does not understand are left out.
func readMounts(r io.Reader) ([]mount, error) {
	var out []mount
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && len(out) < maxMounts {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		left, right := strings.Fields(before), strings.Fields(after)
		if !ok || len(left) < 5 || len(right) < 3 {
			continue
		}
		m := mount{device: left[2], root: plain(left[3]), point: plain(left[4]), kind: right[0]}
		if m.kind == "overlay" {
			for option := range strings.SplitSeq(right[2], ",") {
				if dir, ok := strings.CutPrefix(option, "upperdir="); ok {
					m.upper = plain(dir)
				}
			}
		}
		out = append(out, m)
	}
	return out, lines.Err()
}

// plain returns a path without the octal escapes that the kernel writes for blanks, line ends and backslashes.
func plain(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) {
			if c, ok := octal(text[i+1 : i+4]); ok {
				out = append(out, c)
				i += 3
				continue
			}
		}
		out = append(out, text[i])
	}
	return string(out)
}

func octal(digits string) (c byte, ok bool) {
	n := 0
	for _, d := range []byte(digits) {
		if d < '0' || d > '7' {
			return 0, false
		}
		n = n<<3 | int(d-'0')
	}
	return byte(n), n < 256
}

// unmarkable are file systems of the kernel's own, in which nothing is kept and no directory has a handle.
var unmarkable = map[string]bool{
	"proc": true, "sysfs": true, "cgroup": true, "cgroup2": true, "devpts": true, "mqueue": true, "debugfs": true, "tracefs": true, "securityfs": true,
	"pstore": true, "bpf": true, "configfs": true, "fusectl": true, "autofs": true, "binfmt_misc": true, "nsfs": true, "rpc_pipefs": true, "overlay": true,
}
