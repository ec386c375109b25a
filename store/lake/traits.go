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
		bloom: text && f.Search.Has(event.SearchExact),
		equal: (text || f.Type == event.TypeStrings) && !slices.Contains(unfiltered, f.ID),
		grams: f.Search.Has(event.SearchPart),
		blob:  blob,
	}
}
