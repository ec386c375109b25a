package hub

import (
	"fmt"

	"github.com/lynceus-io/lynceus/collect/falco"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/hubble"
	"github.com/lynceus-io/lynceus/collect/journal"
	"github.com/lynceus-io/lynceus/collect/kubearmor"
	"github.com/lynceus-io/lynceus/collect/otlp"
	"github.com/lynceus-io/lynceus/collect/tetragon"
)

// formats returns how other people's tools write what they saw, as far as it
// is read wherever audit events are.
func formats() (*foreign.Set, error) {
	set, err := foreign.NewSet(falco.Format, tetragon.Format, hubble.Format, kubearmor.Format, otlp.Format, journal.Format)
	if err != nil {
		return nil, fmt.Errorf("prepare the formats of other tools: %w", err)
	}
	return set, nil
}
