package stage

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// What stands in a recording instead of what it must not tell.
const (
	scrubbedID     = "00112233445566778899aabbccddeeff"
	scrubbedBoot   = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
	scrubbedKernel = "6.1.0-28-amd64"
	scrubbedMemory = "16384256Ki"
	scrubbedDir    = "/var/lib/scenario"
	removed        = "[removed]"
)

// credential is a JSON web token or a private key in PEM, within a JSON string.
var credential = regexp.MustCompile(`eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*`)

// machine is what the API server tells of the machine that plays.
type machine struct {
	Info struct{ MachineID, SystemUUID, BootID, KernelVersion string } `json:"nodeInfo"`
	// Capacity and Allocatable hold its memory.
	Capacity    struct{ Memory string }
	Allocatable struct{ Memory string }
}

// scrub replaces what a recording would tell of the machine that played it (the numbers that the kernel gives it, its
// kernel's build, its memory, directories), and credentials.
type scrub struct{ known *strings.Replacer }

// newScrub is for a machine, a directory of the stage and texts that are secret.
func newScrub(m machine, dir string, secrets []string) scrub {
	var pairs []string
	for _, p := range [][2]string{
		{dir, scrubbedDir}, {m.Info.SystemUUID, scrubbedID}, {m.Info.MachineID, scrubbedID}, {m.Info.BootID, scrubbedBoot},
		{m.Info.KernelVersion, scrubbedKernel}, {m.Capacity.Memory, scrubbedMemory}, {m.Allocatable.Memory, scrubbedMemory},
	} {
		if p[0] != "" {
			pairs = append(pairs, p[0], p[1])
		}
	}
	for _, s := range secrets {
		pairs = append(pairs, s, removed)
	}
	return scrub{strings.NewReplacer(pairs...)}
}

// line is a line of a recording without them.
func (s scrub) line(l string) string {
	return credential.ReplaceAllLiteralString(s.known.Replace(l), removed)
}

// scrubber is the scrub of this machine and of what the scenario concealed.
func (s *Stage) scrubber() (scrub, error) {
	out := s.admin.Must("get", "node", "node1", "-o", "jsonpath={.status}")
	var m machine
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		return scrub{}, fmt.Errorf("status of the node %q: %w", out, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return newScrub(m, s.work, s.secrets), nil
}

// Conceal keeps texts out of the recording: the values of secrets, credentials. Those shorter than eight bytes would be
// found where they do not belong; they are not taken.
func (s *Stage) Conceal(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range secrets {
		if text = strings.TrimSpace(text); len(text) >= 8 {
			s.secrets = append(s.secrets, text)
		}
	}
}
