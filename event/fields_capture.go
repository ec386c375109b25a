package event

// captureFields are number 549: of what more was told by a node's sensor because somebody asked for it.
var captureFields = []Field{
	{ID: 549, Name: "capture.uid", Type: TypeString, Search: SearchExact, Tables: runtimeTables, OCSF: "unmapped.capture.uid", Doc: "Identity of the capture during which, and about whose container or pod, the sensor told this."},
}
