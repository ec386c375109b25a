package pki

import (
	"encoding/json"
	"os"
)

// WriteKubeconfig writes a client configuration that names its certificates by their files. JSON is valid YAML, which
// is what every reader of such a file expects.
func WriteKubeconfig(name, server, caFile, certFile, keyFile string) error {
	type m = map[string]any
	data, err := json.MarshalIndent(m{
		"apiVersion":      "v1",
		"kind":            "Config",
		"clusters":        []m{{"name": "test", "cluster": m{"server": server, "certificate-authority": caFile}}},
		"users":           []m{{"name": "user", "user": m{"client-certificate": certFile, "client-key": keyFile}}},
		"contexts":        []m{{"name": "test", "context": m{"cluster": "test", "user": "user"}}},
		"current-context": "test",
	}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(data, '\n'), 0o600)
}
