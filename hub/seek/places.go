package seek

import "github.com/lynceus-io/lynceus/event"

// place is a field in which indicators are sought.
type place struct {
	field event.FieldID
	kind  kind
	// hosts says that names are host names: one below an indicator counts.
	hosts bool
	// unless is a field that was looked at before: a text that it has, too, is
	// not told again. 0 for none.
	unless event.FieldID
}

// places are the fields of each table that can hold an indicator. Of
// audit.source_ips all but the last is what the client wrote; it is sought in,
// and told under its own name.
var places = []struct {
	table event.Class
	in    []place
}{
	{event.ClassAudit, []place{
		{field: event.SrcEndpointIP.ID(), kind: kindAddress},
		{field: event.AuditSourceIPs.ID(), kind: kindAddress, unless: event.SrcEndpointIP.ID()},
		{field: event.ActorUserName.ID(), kind: kindName}, {field: event.AuditUserName.ID(), kind: kindName, unless: event.ActorUserName.ID()}, {field: event.ResourceName.ID(), kind: kindName},
		{field: event.AuditCredentialID.ID(), kind: kindName},
	}},
	{event.ClassProcess, []place{
		{field: event.ProcessFileHashSHA256.ID(), kind: kindHash}, {field: event.ProcessFilePath.ID(), kind: kindName},
		{field: event.ProcessName.ID(), kind: kindName}, {field: event.ContainerImageName.ID(), kind: kindName},
	}},
	{event.ClassFile, []place{{field: event.FilePath.ID(), kind: kindName}, {field: event.FileName.ID(), kind: kindName}}},
	{event.ClassNetwork, []place{
		{field: event.DstEndpointIP.ID(), kind: kindAddress}, {field: event.SrcEndpointIP.ID(), kind: kindAddress},
		{field: event.DstEndpointHostname.ID(), kind: kindName, hosts: true},
	}},
	{event.ClassDNS, []place{
		{field: event.QueryHostname.ID(), kind: kindName, hosts: true}, {field: event.Answers.ID(), kind: kindAddress | kindName, hosts: true},
	}},
	{event.ClassFinding, []place{{field: event.SrcEndpointIP.ID(), kind: kindAddress}, {field: event.ActorUserName.ID(), kind: kindName}}},
}

// whoIn are the fields that say who it was, the first that is there counts.
var whoIn = []event.StringField{event.ActorUserName, event.ProcessFilePath, event.ActorProcessFilePath}

// beside are the fields that are read beside those that are sought in.
var beside = []event.FieldID{
	event.Time.ID(), event.MetadataUID.ID(), event.K8sNamespace.ID(), event.K8sPod.ID(),
	event.ActorUserName.ID(), event.ProcessFilePath.ID(), event.ActorProcessFilePath.ID(),
}
