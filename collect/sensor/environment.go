//go:build linux

package sensor

import "bytes"

// keepVariables leaves of an environment, each variable ended by NUL, those that contain one of some texts in whatever
// case. It writes over the environment.
func keepVariables(environment []byte, texts []string) []byte {
	out := environment[:0]
	for len(environment) > 0 {
		variable, rest, _ := bytes.Cut(environment, []byte{0})
		environment = rest
		lower := bytes.ToLower(variable)
		for _, text := range texts {
			if bytes.Contains(lower, bytes.ToLower([]byte(text))) {
				out = append(append(out, variable...), 0)
				break
			}
		}
	}
	return out
}
