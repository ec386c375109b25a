package stage

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// prompter is a place where kubectl's answers are known: by the longest begin of its arguments after the stage's own.
type prompter struct {
	addr    string
	answers map[string]string
}

func (p *prompter) Addr() string { return p.addr }

func (p *prompter) run(cmd *exec.Cmd) ([]byte, error) {
	said := strings.Join(cmd.Args, " ")
	best := ""
	for part := range p.answers {
		if strings.Contains(said, part) && len(part) >= len(best) {
			best = part
		}
	}
	if answer, ok := p.answers[best]; ok {
		return []byte(answer), nil
	}
	return []byte("error: not found"), errors.New("exit status 1")
}

func (p *prompter) dial(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("refused")
}

var street = &prompter{addr: "203.0.113.66"}

// rehearsal is a stage without a cluster, whose administrator's kubectl has these answers, and what it says.
func rehearsal(t *testing.T, answers map[string]string) (*Stage, *bytes.Buffer) {
	var log bytes.Buffer
	s := &Stage{ctx: t.Context(), log: &log, work: t.TempDir(), kubectl: "kubectl", imported: map[string]bool{}, wrote: map[string]string{}}
	s.admin = &Actor{User: "kubernetes-admin", In: &prompter{"10.0.0.10", answers}, s: s}
	return s, &log
}

// readAll is what a file holds, unpacked.
func readAll(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(file, ".gz") {
		return string(b)
	}
	zip, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(zip); err != nil {
		t.Fatal(err)
	}
	return string(b)
}
