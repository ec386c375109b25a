package identity

import (
	"bytes"
	"strings"
)

// ownProgram reports whether a client that calls itself agent goes by the
// name of a service account, of its namespace or of its workload (Kind/name):
// one of the two names is part of the other, whatever their case and
// punctuation. What people and scripts call with never does.
func ownProgram(agent, user, workload string) bool {
	account, ok := strings.CutPrefix(user, "system:serviceaccount:")
	if !ok {
		return false
	}
	namespace, account, _ := strings.Cut(account, ":")
	_, workload, _ = strings.Cut(workload, "/")
	product, _, _ := strings.Cut(agent, "/")
	product, _, _ = strings.Cut(product, " ")
	var p plainName
	p.set(product)
	if len(p.text()) < minProgramName || byHand[string(p.text())] {
		return false
	}
	for _, name := range [...]string{account, workload, namespace} {
		var n plainName
		n.set(name)
		if len(n.text()) >= minProgramName && (bytes.Contains(p.text(), n.text()) || bytes.Contains(n.text(), p.text())) {
			return true
		}
	}
	return false
}

// minProgramName is how long a name must be to tell anything: "app" is part of
// too much.
const minProgramName = 4

// byHand are clients that people and scripts call with, and libraries that
// put their own name in place of the program's.
var byHand = map[string]bool{
	"kubectl": true, "curl": true, "wget": true, "httpie": true, "python": true, "pythonrequests": true, "pythonurllib": true, "openapigenerator": true,
	"gohttpclient": true, "postmanruntime": true, "busybox": true, "java": true, "okhttp": true, "mozilla": true, "powershell": true,
}

// plainName holds the letters and digits of a name in lower case, as many as
// names of accounts in Kubernetes have.
type plainName struct {
	buf [63]byte
	n   int
}

func (p *plainName) set(name string) {
	for i := 0; i < len(name) && p.n < len(p.buf); i++ {
		c := name[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		default:
			continue
		}
		p.buf[p.n] = c
		p.n++
	}
}

func (p *plainName) text() []byte { return p.buf[:p.n] }
