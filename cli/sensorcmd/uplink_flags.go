//go:build linux

package sensorcmd

import (
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/spool"
)

// hubFlags say to which hub events go, and how.
type hubFlags struct {
	url       string
	authority string // file with certificates of authorities that are trusted besides the system's
	token     string // file with what proves this node at first
	state     string
	spoolSize int64
	policies  bool
	rules     bool
	captures  bool
}

// defaultState is where the sensor keeps what outlives it.
const defaultState = "/var/lib/lynceus-sensor"

func (h *hubFlags) flags(f *pflag.FlagSet) {
	f.StringVar(&h.url, "hub", "", "send events and findings to the hub at this address, such as https://hub:8443, in place of writing them")
	f.StringVar(&h.authority, "hub-ca", "", "file with certificates (PEM) of authorities to trust for --hub, besides the system's")
	f.StringVar(&h.token, "hub-token-file", "", "file with what proves this node to the hub: a token of lynceus token create --role sensor, or a service account's with the audience lynceus")
	f.StringVar(&h.state, "state", defaultState, "directory for what waits for the hub, and for this node's certificate; nobody else can read it")
	f.Int64Var(&h.spoolSize, "spool-size", spool.DefaultBytes, "bytes that may wait on the disk for the hub; when there is more, the oldest events are given up and counted, of who floods first")
	f.BoolVar(&h.policies, "hub-policies", false, "let the hub say what is stopped, in place of --policy")
	f.BoolVar(&h.captures, "hub-captures", false, "let the hub have more told of one container or pod for some minutes; everything is hooked then that may be told")
	f.BoolVar(&h.rules, "hub-rules", false, "let the hub say what rules are judged here, in place of --rules; everything is hooked then that a rule may need")
}

// check says what is wrong with the flags.
func (h *hubFlags) check(policy string, rules []string) error {
	switch {
	case h.url == "" && (h.authority != "" || h.token != "" || h.policies || h.rules || h.captures):
		return usagef("--hub-ca, --hub-token-file, --hub-policies, --hub-rules and --hub-captures are for --hub, which is missing")
	case h.url != "" && h.spoolSize < spool.MinBytes:
		return usagef("--spool-size %d: give it %d at least", h.spoolSize, spool.MinBytes)
	case h.policies && policy != "":
		return usagef("--policy and --hub-policies: choose who says what is stopped")
	case h.rules && len(rules) > 0:
		return usagef("--rules and --hub-rules: choose who says what is judged")
	}
	if h.url == "" {
		return nil
	}
	if err := (enroll.Hub{URL: h.url}).Check(); err != nil {
		return usagef("--hub: %w", err)
	}
	if _, err := os.Stat(filepath.Join(h.state, identityDir)); h.token == "" && err != nil {
		return usagef("--hub needs --hub-token-file FILE: nothing in %s proves this node to the hub yet; lynceus token create --role sensor makes a token", h.state)
	}
	return nil
}
