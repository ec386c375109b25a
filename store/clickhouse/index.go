package clickhouse

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
)

// index is a data skipping index: what it says of each granule of 8,192 rows
// lets a query pass over those that cannot matter.
type index struct {
	name, expr, typ string
}

// Types of indexes. Bloom filters let 1 % of the absent values pass; gram
// filters have the sizes that were measured with 8,192 command lines, and
// twice that for documents.
const (
	equalIndex   = "bloom_filter(0.01)"
	gramIndex    = "ngrambf_v1(4, 32768, 2, 0)"
	rawGramIndex = "ngrambf_v1(4, 65536, 2, 0)"
	timeIndex    = "minmax"
)

// indexesOf returns the indexes of class c.
func indexesOf(c event.Class) []index {
	out := []index{{"equal_" + segmentColumn.name, quoteName(segmentColumn.name), equalIndex}}
	for _, f := range event.Columns(c) {
		name := f.Column()
		if f.Type == event.TypeTime {
			out = append(out, index{"range_" + name, quoteName(name), timeIndex})
		}
		if slices.Contains(needles, f.ID) {
			out = append(out, index{"equal_" + name, quoteName(name), equalIndex})
		}
		if slices.Contains(foldedNeedles, f.ID) {
			out = append(out, index{"fold_" + name, folded(name), equalIndex})
		}
		if slices.Contains(prose, f.ID) {
			typ := gramIndex
			if f.ID == event.RawData.ID() {
				typ = rawGramIndex
			}
			out = append(out, index{"grams_" + name, folded(name), typ})
		}
	}
	return out
}

// folded is the case-folded text of a column as its indexes have it. It is a
// little coarser than lowerUTF8, which makes two letters of one İ: Go's
// unicode.ToLower, by which operators compare, makes it i.
func folded(column string) string {
	return "lowerUTF8(replaceAll(" + quoteName(column) + ", 'İ', 'i'))"
}

// needles are what people look for by one exact value: identities, addresses,
// hashes, users, hosts, pods.
var needles = append([]event.FieldID{
	event.MetadataUID.ID(), event.K8sPodUID.ID(), event.ActorUserUID.ID(), event.SrcEndpointIP.ID(), event.DstEndpointIP.ID(),
	event.APIRequestUID.ID(), event.ResourceUID.ID(), event.AuditUserUID.ID(), event.AuditTokenPodUID.ID(),
	event.ProcessUID.ID(), event.ActorProcessUID.ID(), event.ContainerUID.ID(), event.ContainerImageUID.ID(),
	event.FindingInfoUID.ID(), event.IncidentUID.ID(),
}, foldedNeedles...)

// foldedNeedles are those that people also look for without regard to case:
// names, hashes, credentials.
var foldedNeedles = []event.FieldID{
	event.K8sPod.ID(), event.K8sServiceAccount.ID(), event.ActorUserName.ID(), event.DstEndpointHostname.ID(), event.ResourceName.ID(),
	event.AuditUserName.ID(), event.AuditImpersonatedUserName.ID(), event.AuditTokenPodName.ID(), event.AuditCredentialID.ID(),
	event.ProcessFileHashSHA256.ID(), event.QueryHostname.ID(), event.FindingInfoAnalyticUID.ID(),
}

// prose is text in which people look for a part: command lines, paths, URIs,
// names of hosts, documents.
var prose = []event.FieldID{
	event.RawData.ID(), event.DstEndpointHostname.ID(), event.APIResponseMessage.ID(), event.HTTPRequestURLPath.ID(),
	event.HTTPRequestUserAgent.ID(), event.ResourceName.ID(), event.AuditExecCommandLine.ID(), event.AuditDecisionReason.ID(),
	event.ActorUserName.ID(), event.ProcessFilePath.ID(), event.ProcessCmdLine.ID(), event.ProcessParentProcessFilePath.ID(),
	event.ProcessParentProcessCmdLine.ID(), event.ActorProcessFilePath.ID(), event.ActorProcessCmdLine.ID(), event.FilePath.ID(),
	event.QueryHostname.ID(), event.FindingInfoTitle.ID(), event.Message.ID(), event.StatusDetail.ID(),
}
