package lake

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
)

// layout says how a column's values are encoded and which filters tell about
// them.
type layout struct {
	dict  bool // dictionary encoding: for texts that come again within 100,000 rows
	bloom bool // Bloom filter in the Parquet file, for engines that look for one value
	equal bool // case-folded filter of whole values beside the file
	grams bool // filter of the 4-byte sequences of the case-folded text beside the file
	blob  bool // whole documents: no bounds, no dictionary
}

var (
	// unique fields have about as many values as rows: a dictionary would
	// only copy them.
	unique = []event.FieldID{event.MetadataUID.ID(), event.APIRequestUID.ID(), event.FindingInfoUID.ID(), event.ProcessUID.ID()}
	// varied texts have so many values that a dictionary is as large as they
	// are, and a reader of one row has to read all of it.
	varied = []event.FieldID{
		event.ProcessCmdLine.ID(), event.ProcessParentProcessCmdLine.ID(), event.ActorProcessCmdLine.ID(), event.HTTPRequestURLPath.ID(),
		event.AuditExecCommandLine.ID(),
	}
	// needles are what people look for by one exact value: identities,
	// addresses, hashes, users, hosts, pods, containers.
	needles = []event.FieldID{
		event.MetadataUID.ID(), event.K8sPod.ID(), event.K8sPodUID.ID(), event.K8sServiceAccount.ID(), event.ActorUserName.ID(), event.ActorUserUID.ID(),
		event.SrcEndpointIP.ID(), event.DstEndpointIP.ID(), event.DstEndpointHostname.ID(),
		event.APIRequestUID.ID(), event.ResourceName.ID(), event.ResourceUID.ID(), event.AuditUserName.ID(), event.AuditUserUID.ID(),
		event.AuditImpersonatedUserName.ID(), event.AuditTokenPodName.ID(), event.AuditTokenPodUID.ID(), event.AuditCredentialID.ID(),
		event.ProcessUID.ID(), event.ProcessFileHashSHA256.ID(), event.ActorProcessUID.ID(), event.QueryHostname.ID(),
		event.FindingInfoUID.ID(), event.FindingInfoAnalyticUID.ID(), event.IncidentUID.ID(),
	}
	// prose is text in which people look for a part: command lines, paths,
	// URIs, names of hosts, messages.
	prose = []event.FieldID{
		event.DstEndpointHostname.ID(), event.RawData.ID(), event.APIResponseMessage.ID(), event.HTTPRequestURLPath.ID(), event.HTTPRequestUserAgent.ID(),
		event.ResourceName.ID(), event.AuditExecCommandLine.ID(), event.AuditDecisionReason.ID(), event.ActorUserName.ID(),
		event.ProcessFilePath.ID(), event.ProcessCmdLine.ID(), event.ProcessParentProcessCmdLine.ID(), event.ProcessParentProcessFilePath.ID(),
		event.ActorProcessFilePath.ID(), event.ActorProcessCmdLine.ID(), event.FilePath.ID(), event.QueryHostname.ID(),
		event.FindingInfoTitle.ID(), event.Message.ID(), event.StatusDetail.ID(),
	}
	// unfiltered texts are too long or too alike for a filter of whole values
	// to help.
	unfiltered = []event.FieldID{
		event.RawData.ID(), event.Message.ID(), event.StatusDetail.ID(), event.APIResponseMessage.ID(), event.AuditDecisionReason.ID(),
		event.FindingInfoTitle.ID(),
	}
)

// layoutOf returns the layout of a field's column.
func layoutOf(f *event.Field) layout {
	text := f.Type == event.TypeString || f.Type == event.TypeIP
	blob := f.ID == event.RawData.ID()
	return layout{
		dict:  !blob && (text || f.Type == event.TypeStrings) && !slices.Contains(unique, f.ID) && !slices.Contains(varied, f.ID),
		bloom: text && slices.Contains(needles, f.ID),
		equal: (text || f.Type == event.TypeStrings) && !slices.Contains(unfiltered, f.ID),
		grams: slices.Contains(prose, f.ID),
		blob:  blob,
	}
}
