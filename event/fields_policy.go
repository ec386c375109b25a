package event

// policyTables are those of acts that policies can stop.
var policyTables = []Class{ClassProcess, ClassNetwork}

// policyFields are numbers 420 to 429: what a policy of the node sensor made of
// an act. A row of activity Enforce has them.
var policyFields = []Field{
	{ID: 420, Name: "disposition", Type: TypeString, Tables: policyTables, OCSF: "disposition", Doc: "What came of an act that a policy matched: Blocked, Detected where the policy only observes, Error where it could not be stopped."},
	{ID: 421, Name: "policy.verdict", Type: TypeString, Tables: policyTables, OCSF: "action", Doc: "Denied, or Observed where the policy only observes."},
	{ID: 422, Name: "policy.name", Type: TypeString, Search: SearchExact, Tables: policyTables, OCSF: "policy.name", Doc: "Name of the policy."},
	{ID: 423, Name: "policy.mode", Type: TypeString, Tables: policyTables, OCSF: "unmapped.policy.mode", Doc: "How far it goes: observe or enforce."},
	{ID: 424, Name: "policy.action", Type: TypeString, Tables: policyTables, OCSF: "unmapped.policy.action", Doc: "What it does, or would do: kill-process, kill-container, deny-exec, deny-connect."},
	{ID: 426, Name: "policy.object", Type: TypeString, Search: SearchPart, Tables: policyTables, OCSF: "unmapped.policy.object", Doc: "Path of the program that was denied before it started, as the kernel calls it."},
	{ID: 427, Name: "policy.object_sha256", Type: TypeString, Search: SearchExact, Tables: policyTables, OCSF: "unmapped.policy.object_sha256", Doc: "SHA-256 of that program, where it was needed to decide."},
	{ID: 425, Name: "policy.result", Type: TypeString, Tables: policyTables, OCSF: "unmapped.policy.result", Doc: "What was done in words, and why not all of it."},
}
