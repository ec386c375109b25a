package clickhouse

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
)

// column is a column of a table.
type column struct {
	name, typ, codec string
	// filled is an expression that gives the value when rows are inserted;
	// such a column is not seen by SELECT *.
	filled string
}

// segmentColumn says under which token a row came, so that the table itself
// can tell whether a segment arrived. It is the one column of a table that is
// no field.
var segmentColumn = column{name: "lynceus_segment", typ: "LowCardinality(String)", codec: "ZSTD(1)", filled: "getSetting('insert_deduplication_token')"}

// declaration writes the column as CREATE and ALTER take it.
func (c column) declaration() string {
	filled := ""
	if c.filled != "" {
		filled = " MATERIALIZED " + c.filled
	}
	return quoteName(c.name) + " " + c.typ + filled + " CODEC(" + c.codec + ")"
}

// columnsOf returns the columns of class c that are fields, in order of field
// number.
func columnsOf(c event.Class) []column {
	var out []column
	for _, f := range event.Columns(c) {
		out = append(out, column{name: f.Column(), typ: columnType(f), codec: columnCodec(f)})
	}
	return out
}

// columnType is ClickHouse's type of a field. Text is never null, absent text
// is empty; of every other type null means absent, but for lists, which
// ClickHouse cannot have null: there absent is empty.
func columnType(f *event.Field) string {
	switch f.Type {
	case event.TypeInt:
		return "Nullable(Int64)"
	case event.TypeBool:
		return "Nullable(Bool)"
	case event.TypeTime:
		return "Nullable(DateTime64(6, 'UTC'))"
	case event.TypeStrings:
		return "Array(String)"
	}
	if slices.Contains(fewValues, f.ID) {
		return "LowCardinality(String)"
	}
	return "String"
}

func columnCodec(f *event.Field) string {
	switch {
	case f.Type == event.TypeTime:
		return "Delta(8), ZSTD(1)"
	case f.ID == event.RawData.ID():
		return "ZSTD(3)"
	}
	return "ZSTD(1)"
}

// fewValues are texts of which a table has thousands of different ones at
// most: each is kept once.
var fewValues = []event.FieldID{
	event.MetadataSource.ID(), event.K8sCluster.ID(), event.K8sNamespace.ID(), event.K8sWorkloadKind.ID(), event.K8sWorkload.ID(),
	event.K8sNode.ID(), event.K8sServiceAccount.ID(), event.Status.ID(), event.ActorUserName.ID(),
	event.APIOperation.ID(), event.APIResponseError.ID(), event.HTTPRequestUserAgent.ID(), event.ResourceGroup.ID(),
	event.ResourceVersion.ID(), event.ResourceType.ID(), event.ResourceSubresource.ID(), event.AuditStage.ID(), event.AuditLevel.ID(),
	event.AuditUserName.ID(), event.AuditImpersonatedUserName.ID(), event.AuditDecision.ID(), event.AuditTokenNodeName.ID(),
	event.AuditExecContainer.ID(), event.AuditCallerOutside.ID(), event.AuditCallerMethod.ID(), event.AuditDialect.ID(),
	event.AuditTokenPodState.ID(), event.Activity.ID(), event.ProcessFilePath.ID(), event.ProcessName.ID(), event.ProcessTTY.ID(),
	event.ProcessParentProcessFilePath.ID(), event.ProcessParentProcessName.ID(), event.ProcessParentProcessUserName.ID(),
	event.ActorProcessFilePath.ID(), event.ConnectionInfoProtocolName.ID(), event.QueryType.ID(), event.Severity.ID(),
	event.FindingInfoAnalyticUID.ID(), event.ContainerName.ID(), event.ContainerImageName.ID(), event.ContainerImageUID.ID(),
}
