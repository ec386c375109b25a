package layout

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Config is what the supervisor is told when it starts.
type Config struct {
	Programs     map[string]string `json:"programs"`  // absolute path of every program, by name
	Self         string            `json:"self"`      // the static binary of the supervisor, which is also the pause image
	NodeName     string            `json:"node_name"` // of the only node
	Cgroup       string            `json:"cgroup"`    // the control group of all pods, below the root of each hierarchy
	Server       string            `json:"server"`    // the API server on the machine's loopback, as URL
	Linger       time.Duration     `json:"linger"`    // without a client for this long the cluster ends; 0 keeps it
	Forward      []int             `json:"forward"`   // loopback ports of the machine that the node has from the start
	AuditWebhook bool              `json:"audit_webhook"`
	APIServer    []string          `json:"api_server"` // more flags for kube-apiserver
}

// WriteConfig writes the configuration to its place in the cluster's directory.
func WriteConfig(d Dir, c Config) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(d.Config(), data, 0o600)
}

// ReadConfig reads what WriteConfig wrote.
func ReadConfig(d Dir) (Config, error) {
	var c Config
	data, err := os.ReadFile(d.Config())
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("%s: %w", d.Config(), err)
	}
	return c, nil
}
