package play

import (
	_ "embed"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

var (
	//go:embed manifests/platform.yaml
	platformManifests string
	//go:embed manifests/agents.yaml
	agentManifests string
)

// shift is how long people and programs work in a recording of ordinary work. What happens in it would fill an hour.
const shift = time.Minute

// install has the platform team install its operators and node agents.
func install(s *stage.Stage, c *Company) {
	s.Images("quay.io/prometheus/node-exporter:v1.8.2", "ghcr.io/flannel-io/flannel:v0.26.1")
	manifests := []string{platformManifests}
	for _, o := range operators {
		s.Images(o.image)
		manifests = append(manifests, o.manifest())
	}
	s.Notable("T1098.006", "the platform team installs its operators, some of them with every right").
		As(c.Mira).Do(func(a *stage.Act) { a.MustApply(join(manifests...), "apply", "-f", "-") })
	s.Notable("T1610", "the platform team installs agents with the node's namespaces and files").
		As(c.Mira).Do(func(a *stage.Act) { a.MustApply(agentManifests, "apply", "-f", "-") })
}

// together lets players work at once until the shift ends; each gets a function that tells whether it still lasts.
func together(s *stage.Stage, players ...func(working func() bool)) {
	end := time.Now().Add(shift)
	working := func() bool { return time.Now().Before(end) && s.Context().Err() == nil }
	var all sync.WaitGroup
	for _, play := range players {
		all.Go(func() { play(working) })
	}
	all.Wait()
}
