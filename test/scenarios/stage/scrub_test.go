package stage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planted is a machine whose numbers are easily told from others.
func planted() machine {
	var m machine
	m.Info.MachineID, m.Info.SystemUUID = "0123456789abcdef0123456789abcdef", "89abcdef-0123-4567-89ab-cdef01234567"
	m.Info.BootID, m.Info.KernelVersion = "deadbeef-feed-4bad-8bad-c0ffee000000", "6.18.0-example"
	m.Capacity.Memory, m.Allocatable.Memory = "24684084Ki", "24581684Ki"
	return m
}

const (
	plantedToken = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6c2hvcDp3ZWIifQ.c2lnbmF0dXJl-_x"
	plantedKey   = `-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\n-----END EC PRIVATE KEY-----\n`
)

func TestScrub(t *testing.T) {
	s := newScrub(planted(), "/var/tmp/scenario-17", []string{"hunter2-hunter2"})
	for _, c := range []struct{ line, want string }{
		{`{"machineID":"0123456789abcdef0123456789abcdef"}`, `{"machineID":"` + scrubbedID + `"}`},
		{`{"systemUUID":"89abcdef-0123-4567-89ab-cdef01234567"}`, `{"systemUUID":"` + scrubbedID + `"}`},
		{`{"bootID":"deadbeef-feed-4bad-8bad-c0ffee000000"}`, `{"bootID":"` + scrubbedBoot + `"}`},
		{`{"kernelVersion":"6.18.0-example","memory":"24684084Ki"}`, `{"kernelVersion":"` + scrubbedKernel + `","memory":"` + scrubbedMemory + `"}`},
		{`{"memory":"24581684Ki"}`, `{"memory":"` + scrubbedMemory + `"}`},
		{`{"args":["--kubeconfig=/var/tmp/scenario-17/agent.kubeconfig"]}`, `{"args":["--kubeconfig=` + scrubbedDir + `/agent.kubeconfig"]}`},
		{`{"password":"hunter2-hunter2"}`, `{"password":"[removed]"}`},
		{`{"uri":"/x?token=` + plantedToken + `&a=b"}`, `{"uri":"/x?token=[removed]&a=b"}`},
		{`{"key":"` + plantedKey + `","cert":"-----BEGIN CERTIFICATE-----\n"}`, `{"key":"[removed]","cert":"-----BEGIN CERTIFICATE-----\n"}`},
		{`{"name":"eyJ","uid":"0123456789abcdef"}`, `{"name":"eyJ","uid":"0123456789abcdef"}`},
	} {
		if got := s.line(c.line); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.line, got, c.want)
		}
	}
	if got := newScrub(machine{}, "", nil).line("as it is"); got != "as it is" {
		t.Errorf("nothing to hide: %q", got)
	}
}

// TestScrubbedFiles plants secrets in all that is written and finds none after.
func TestScrubbedFiles(t *testing.T) {
	s, _ := rehearsal(t, nil)
	s.Conceal("hunter2-hunter2\n", "short", "")
	s.Bearer(street, "guessed-token", nil)
	m := planted()
	hide := newScrub(m, s.work, s.secrets)
	secrets := []string{"hunter2-hunter2", "guessed-token", plantedToken, m.Info.MachineID, m.Info.SystemUUID, m.Info.BootID, m.Info.KernelVersion, m.Capacity.Memory, s.work}

	dir := t.TempDir()
	log, packed, steps := filepath.Join(dir, "log"), filepath.Join(dir, "log.gz"), filepath.Join(dir, "steps.jsonl")
	var text strings.Builder
	var done []*Step
	for _, secret := range secrets {
		text.WriteString(`{"a":"short ` + secret + `"}` + "\n")
		done = append(done, &Step{What: "short " + secret, AuditIDs: []string{"1"}})
	}
	if err := os.WriteFile(log, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if lines, err := pack(log, packed, hide); err != nil || lines != len(secrets) {
		t.Fatalf("%d lines, %v", lines, err)
	}
	if err := writeSteps(steps, done, hide); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{packed, steps} {
		got := readAll(t, file)
		for _, secret := range secrets {
			if strings.Contains(got, secret) {
				t.Errorf("%s holds %s", filepath.Base(file), secret)
			}
		}
		if strings.Count(got, "short") != len(secrets) {
			t.Errorf("%s lost what is no secret: %s", filepath.Base(file), got)
		}
	}
}

// The node's own status says what is to be hidden.
func TestScrubber(t *testing.T) {
	status := `{"capacity":{"memory":"24684084Ki"},"nodeInfo":{"machineID":"0123456789abcdef0123456789abcdef"}}`
	s, _ := rehearsal(t, map[string]string{"get node node1": status})
	hide, err := s.scrubber()
	if err != nil {
		t.Fatal(err)
	}
	if got := hide.line(status); strings.Contains(got, "24684084") || strings.Contains(got, "0123456789") {
		t.Error(got)
	}
	s, _ = rehearsal(t, map[string]string{"get node node1": "none"})
	if _, err := s.scrubber(); err == nil {
		t.Error("a recording is made although nobody knows what to hide")
	}
}
