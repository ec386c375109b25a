package advise

import (
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
)

// Entry is a rule of a generated policy and why it is there.
type Entry struct {
	Rule policy.Rule
	// Why is a sentence.
	Why string
	// Rules are names of the detections that need it.
	Rules []string
	// Misses are names of detections that watch all requests and do not see
	// those that the entry drops.
	Misses []string
}

// Generated is a policy with its reasons.
type Generated struct {
	Policy  *policy.Policy
	Profile Profile
	Entries []Entry // of Policy.Rules
	// Detections is how many rules it was made for.
	Detections int
	// Limited are detections that would read bodies which are never recorded,
	// since they are credentials.
	Limited []string
}

// Generate makes the policy that records what the rules need.
func (n *Needs) Generate(profile Profile) *Generated {
	g := &Generated{Profile: profile, Detections: len(n.all)}
	if profile != Forensic {
		g.dropNoise(n, profile)
	}
	bodies, limited := n.bodies(profile)
	g.Limited = limited
	g.add(Entry{Rule: policy.Rule{Level: policy.Metadata, Resources: grouped(credentials)}, Why: "Bodies of these are credentials, or hold them: never recorded."})
	if profile == Forensic {
		g.forensic(bodies)
	} else {
		g.Entries = append(g.Entries, bodies.entries()...)
	}
	g.add(Entry{Rule: policy.Rule{Level: policy.Metadata}, Why: "Everything else: who asked for what, from where, and the answer's code. Detections that watch all requests, such as refused ones, need it."})
	g.Policy = &policy.Policy{OmitManagedFields: !n.readsManagedFields()}
	if !n.readsStage(policy.RequestReceived) {
		g.Policy.OmitStages = []policy.Stage{policy.RequestReceived}
	}
	for _, e := range g.Entries {
		g.Policy.Rules = append(g.Policy.Rules, e.Rule)
	}
	return g
}

func (g *Generated) add(e Entry) { g.Entries = append(g.Entries, e) }

func (g *Generated) dropNoise(n *Needs, profile Profile) {
	for _, x := range knownNoise() {
		if x.teaches != "" && profile != Minimal {
			continue
		}
		ok, watching := x.droppable(n)
		if !ok {
			continue
		}
		why := "Noise: " + x.title + ". No detection is about it."
		if x.teaches != "" {
			why += " It would teach " + x.teaches + "."
		}
		g.add(Entry{Rule: x.rule(), Why: why, Misses: watching})
	}
}

// forensic records the bodies of all changes, and the answers where rules
// read them.
func (g *Generated) forensic(bodies bodyNeeds) {
	for _, e := range bodies.entries() {
		if e.Rule.Level == policy.RequestResponse {
			g.add(e)
		}
	}
	g.add(Entry{Rule: policy.Rule{Level: policy.RequestResponse, Verbs: []string{"create", "update", "patch", "delete", "deletecollection"}, Resources: []policy.GroupResources{{Group: "rbac.authorization.k8s.io"}, {Group: "admissionregistration.k8s.io"}, {Group: "certificates.k8s.io"}}},
		Why: "Rights, admission and certificates: what was sent, and what came of it."})
	g.add(Entry{Rule: policy.Rule{Level: policy.Metadata, Resources: []policy.GroupResources{{Group: "", Resources: []string{"events"}}, {Group: "events.k8s.io", Resources: []string{"events"}}, {Group: "coordination.k8s.io", Resources: []string{"leases"}}}},
		Why: "Their bodies say nothing about who did what."})
	g.add(Entry{Rule: policy.Rule{Level: policy.Request, Verbs: []string{"create", "update", "patch", "delete", "deletecollection"}},
		Why: "Every other change, of extensions too, with what was sent."})
}

// grouped lists resources by their groups, in the order of the groups.
func grouped(resources []Resource) (out []policy.GroupResources) {
	by := map[string][]string{}
	for _, r := range resources {
		if !slices.Contains(by[r.Group], r.String()) {
			by[r.Group] = append(by[r.Group], r.String())
		}
	}
	for _, group := range slices.Sorted(maps.Keys(by)) {
		slices.Sort(by[group])
		out = append(out, policy.GroupResources{Group: group, Resources: by[group]})
	}
	return out
}

// readsManagedFields reports whether a rule reads who manages which fields.
func (n *Needs) readsManagedFields() bool {
	for p := range n.judge.preds {
		if strings.Contains(p.Field.Path, "managedFields") || strings.Contains(p.Other.Path, "managedFields") {
			return true
		}
	}
	return false
}
