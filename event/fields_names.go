package event

// namesFields are numbers 360 to 379: what is known of a process beside what
// it does: how it came into its container, of what its program is, who is
// behind it.
var namesFields = []Field{
	{ID: 360, Name: "k8s.workload_method", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.k8s.workload_method", Doc: "How the sensor knows the pod's highest owner: owner for what the API server said, name for what it concluded from the name of the pod's own owner."},
	{ID: 361, Name: "container.started", Type: TypeBool, Tables: processTable, OCSF: "unmapped.container.started", Doc: "The container starts with this program: it is the first in it that is not its runtime's."},
	{ID: 362, Name: "process.entered", Type: TypeBool, Tables: processTable, OCSF: "unmapped.process.entered", Doc: "The process was started in its container from outside the container's own tree, as kubectl exec does, or descends from one that was. Absent where that is not known."},
	{ID: 363, Name: "actor.process.entered", Type: TypeBool, Tables: runtimeTables, OCSF: "unmapped.actor.process.entered", Doc: "The acting process was started in its container from outside the container's own tree, or descends from one that was."},
	{ID: 364, Name: "process.file.origin", Type: TypeString, Tables: processTable, OCSF: "unmapped.process.file.origin", Doc: "Where its program's content comes from: image, dropped for what was written into the container since, volume, tmpfs, memory for what stands in no directory, host for programs of the node."},
	{ID: 365, Name: "actor.process.file.origin", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.actor.process.file.origin", Doc: "The same of the acting process's program."},
	{ID: 366, Name: "k8s.session.user", Type: TypeString, Search: SearchExact | SearchFolded, Tables: runtimeTables, OCSF: "unmapped.k8s.session.user", Origin: Contextual, Doc: "Person whose request (pods/exec) started the process or an ancestor of it in the container. Absent where several fit."},
	{ID: 367, Name: "k8s.session.candidates", Type: TypeStrings, Tables: runtimeTables, OCSF: "unmapped.k8s.session.candidates", Origin: Contextual, Doc: "All persons whose requests fit, where these are several."},
	{ID: 368, Name: "k8s.session.uid", Type: TypeString, Search: SearchExact, Tables: runtimeTables, OCSF: "unmapped.k8s.session.uid", Origin: Contextual, Doc: "Identity (metadata.uid) of that request in the audit table. Absent where several fit."},
	{ID: 369, Name: "process.session_root.uid", Type: TypeString, Search: SearchExact, Tables: processTable, OCSF: "unmapped.process.session_root.uid", Doc: "Identity of the process that was started from outside, of which it is or descends from."},
	{ID: 370, Name: "actor.process.session_root.uid", Type: TypeString, Search: SearchExact, Tables: runtimeTables, OCSF: "unmapped.actor.process.session_root.uid", Doc: "The same of the acting process."},
	{ID: 371, Name: "metadata.awaits", Type: TypeBool, Tables: runtimeTables, OCSF: "unmapped.metadata.awaits", Doc: "True where something of the row was not known when it was written, and an amendment may say it."},
}
