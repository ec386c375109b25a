package stage

import (
	"encoding/json"
	"strings"
)

// scrubber replaces what a recording would tell of the machine that played it: the numbers that the kernel gives it,
// its kernel's build and the stage's directory.
func (s *Stage) scrubber() *strings.Replacer {
	pairs := []string{s.work, "/var/lib/scenario"}
	out := s.admin.Must("get", "node", "node1", "-o", "jsonpath={.status.nodeInfo}")
	var info struct{ MachineID, SystemUUID, BootID, KernelVersion string }
	if err := json.Unmarshal([]byte(out), &info); err != nil {
		s.fail("node info %q: %w", out, err)
		return strings.NewReplacer(pairs...)
	}
	for _, p := range [][2]string{
		{info.SystemUUID, "5a1f6d2a48adfda43d1219c7c4c5404a"}, {info.MachineID, "5a1f6d2a48adfda43d1219c7c4c5404a"},
		{info.BootID, "1b4e28ba-2fa1-41d2-883f-0016d3cca427"}, {info.KernelVersion, "6.1.0-28-amd64"},
	} {
		if p[0] != "" {
			pairs = append(pairs, p[0], p[1])
		}
	}
	return strings.NewReplacer(pairs...)
}
