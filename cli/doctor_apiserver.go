package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// An apiServer is a process on this machine that serves the Kubernetes API.
type apiServer struct {
	pid    int
	policy string // path of its audit policy as it is named to it, "" for none
	// file is where that file is for us: in the process's own root, which only
	// its owner and root may enter.
	file string
}

const (
	policyFlag = "--audit-policy-file"
	// maxCommandLine bounds what is read of a process's command line, in bytes.
	maxCommandLine = 1 << 20
)

// apiServers lists the processes below proc (as proc(5) describes it) that are
// API servers: kube-apiserver, and k3s and rke2, which run it in their own
// process and take its flags behind --kube-apiserver-arg.
func apiServers(proc string) (out []apiServer) {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		b, err := readBounded(filepath.Join(proc, e.Name(), "cmdline"), maxCommandLine)
		if err != nil {
			continue // it ended meanwhile
		}
		var words []string
		for word := range bytes.SplitSeq(bytes.TrimRight(b, "\x00"), []byte{0}) {
			words = append(words, string(word))
		}
		policy, ok := policyOf(words)
		if !ok {
			continue
		}
		s := apiServer{pid: pid, policy: policy}
		if policy != "" {
			s.file = filepath.Join(proc, e.Name(), "root", filepath.Join("/", policy))
		}
		out = append(out, s)
	}
	return out
}

// policyOf returns the audit policy that a command line names; false where it
// starts no API server.
func policyOf(words []string) (path string, ok bool) {
	if len(words) == 0 {
		return "", false
	}
	args := words[1:]
	switch name := filepath.Base(words[0]); {
	case name == "kube-apiserver":
	case name == "hyperkube" && len(args) > 0 && (args[0] == "kube-apiserver" || args[0] == "apiserver"):
	case (name == "k3s" || name == "rke2") && len(args) > 0 && args[0] == "server":
		args = embedded(args[1:])
	default:
		return "", false
	}
	for i, a := range args {
		if a == policyFlag && i+1 < len(args) {
			path = args[i+1] // the last holds
		} else if v, found := strings.CutPrefix(a, policyFlag+"="); found {
			path = v
		}
	}
	return path, true
}

// embedded returns the flags of the API server among those of k3s.
func embedded(args []string) (out []string) {
	const flag = "--kube-apiserver-arg"
	for i, a := range args {
		if a == flag && i+1 < len(args) {
			a = flag + "=" + args[i+1]
		}
		if v, found := strings.CutPrefix(a, flag+"="); found {
			out = append(out, "--"+strings.TrimLeft(v, "-"))
		}
	}
	return out
}
