package falco

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/foreigntest"
)

const shell = `{"hostname":"node-1","output":"10:00:05.123456789: Warning A shell was spawned","output_fields":{"container.id":"7f0c4a2e9b11","container.image.repository":"docker.io/library/nginx","container.image.tag":"1.27","container.name":"web","evt.time":1767261605123456789,"evt.type":"execve","k8s.ns.name":"shop","k8s.pod.name":"web-1","proc.cmdline":"sh -c id","proc.exepath":"/bin/sh","proc.name":"sh","proc.pname":"runc","proc.pid":4711,"proc.tty":34816,"user.loginuid":-1,"user.name":"root","user.uid":0},"priority":"Warning","rule":"Terminal shell in container","source":"syscall","tags":["T1059","shell"],"time":"2026-01-01T10:00:05.123456789Z"}`

func TestRead(t *testing.T) { foreigntest.Run(t, Format, "testdata/read.txtar") }

// Secrets in command lines stand in no row.
func TestSecrets(t *testing.T) {
	secret := "hunter2hunter2"
	rows, _ := foreigntest.Read(t, strings.Replace(shell, "sh -c id", "curl -u admin:"+secret+" https://example.org", 1), Format)
	if len(rows) != 2 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		if strings.Contains(r.Line+r.Raw, secret) || !strings.Contains(r.Line, "admin:redacted:") {
			t.Errorf("%+v", r)
		}
	}
}

func TestNoAlert(t *testing.T) {
	for in, want := range map[string]int64{
		`{"rule":"","priority":"Notice","output_fields":{}}`: 1,
		`{"rule":"a","priority":"Notice"}`:                   1,
		`{"rule":5,"priority":"Notice","output_fields":{}}`:  1,
	} {
		if rows, rejected := foreigntest.Read(t, in, Format); len(rows) != 0 || rejected != want {
			t.Errorf("%s: %d rows, %d rejected", in, len(rows), rejected)
		}
	}
}

func FuzzRead(f *testing.F) {
	foreigntest.Fuzz(f, Format, shell, `{"rule":"a","priority":"","output_fields":{"proc.pid":"x","fd.sip":"::","evt.type":"execve","proc.tty":1e9}}`)
}
