package play

import (
	"time"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// settled is how long controllers get to do their part of a step.
const settled = time.Second

// Policy names the audit policy of a recording.
type Policy string

// Audit policies that recordings are made with.
const (
	Generated Policy = "generated" // what lynceus audit-policy generate writes
	Standard  Policy = "standard"  // cluster.DefaultAuditPolicy: bodies of everything but secrets, config maps and tokens
	Bodies    Policy = "bodies"    // bodies of everything but secrets and tokens
)

// Scenario is one recording to be made.
type Scenario struct {
	Name   string
	Policy Policy
	Play   func(*stage.Stage)
}

// All are the scenarios, in the order in which they are recorded.
func All() []Scenario {
	return []Scenario{
		{"attack-stratus", Standard, Stratus},
		{"attack-scarleteel", Standard, Scarleteel},
		{"attack-tokens", Generated, Tokens},
		{"attack-matrix", Bodies, Matrix},
		{"attack-insider", Generated, Insider},
		{"attack-cloud", Standard, Cloud},
		{"attack-quiet", Standard, Quiet},
		{"attack-foothold", Standard, Foothold},
		{"attack-leak", Generated, Leak},
		{"attack-ransom", Standard, Ransom},
		{"attack-helpdesk", Bodies, Helpdesk},
		{"attack-node", Generated, Node},
		{"benign-devs", Bodies, Developers},
		{"benign-ci", Standard, Pipelines},
		{"benign-platform", Standard, Platform},
		{"benign-upgrade", Generated, Upgrade},
		{"benign-gitops", Bodies, GitOps},
		{"benign-mesh", Standard, Mesh},
	}
}

// BodiesPolicy is the audit policy Bodies.
const BodiesPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  resources: [{group: "", resources: [secrets, serviceaccounts/token]}, {group: authentication.k8s.io, resources: [tokenreviews]}]
- level: Metadata
  verbs: [watch]
- level: RequestResponse
`
