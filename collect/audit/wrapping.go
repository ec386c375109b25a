package audit

// maxWrappings is how many wrappers may stand around a document: a list in a
// CloudWatch message in a subscription in a Kinesis record is four.
const maxWrappings = 5

// A wrapping is what the wrappers around a document say about it. The zero
// value says nothing.
type wrapping struct {
	dialect string // one of the dialects, "" where it does not show
	cluster string // identity of the cluster, "" where it is not said
	at      int64  // time of the log entry in ns since 1970 UTC, 0 where it has none
}

// A wrapperPlace is where in a wrapper intake reads something; its number is
// the slot of the extractor.
type wrapperPlace int

const (
	wrapItems wrapperPlace = iota
	wrapLogEvents
	wrapRecords
	wrapBigRecords
	wrapEvents
	wrapValue
	wrapEntries
	wrapMessage
	wrapAtMessage
	wrapLog
	wrapLogColumn
	wrapPropertiesLog
	wrapProperties
	wrapRaw
	wrapAWSLogs
	wrapKinesis
	wrapPubSub
	wrapData
	wrapLogGroup
	wrapLogStream
	wrapLogStreamName
	wrapEventID
	wrapID
	wrapTimestamp
	wrapAtTimestamp
	wrapTime
	wrapResourceID
	wrapProtoPayload
	wrapServiceName
	wrapMethodName
	numWrapperPlaces
)

// wrapperPlaces spells the path of each place.
var wrapperPlaces = [numWrapperPlaces][]string{
	// Lists of documents: Kubernetes, CloudWatch, Azure, AWS, Azure's and
	// Google's API.
	wrapItems:      {"items"},
	wrapLogEvents:  {"logEvents"},
	wrapRecords:    {"records"},
	wrapBigRecords: {"Records"},
	wrapEvents:     {"events"},
	wrapValue:      {"value"},
	wrapEntries:    {"entries"},
	// Documents, as objects or as text.
	wrapMessage:       {"message"},           // CloudWatch, Filebeat
	wrapAtMessage:     {"@message"},          // CloudWatch Insights
	wrapLog:           {"log"},               // Docker, Fluent Bit
	wrapLogColumn:     {"log_s"},             // Azure Log Analytics
	wrapPropertiesLog: {"properties", "log"}, // Azure diagnostic records
	wrapProperties:    {"properties"},        // the same, as text
	wrapRaw:           {"_raw"},              // Splunk
	// Documents as base64, mostly compressed.
	wrapAWSLogs: {"awslogs", "data"}, // CloudWatch subscription of a Lambda
	wrapKinesis: {"kinesis", "data"}, // the same by way of a Kinesis stream
	wrapPubSub:  {"message", "data"}, // Google Pub/Sub
	wrapData:    {"data"},            // Amazon Data Firehose's HTTP endpoint
	// What tells whose they are.
	wrapLogGroup:      {"logGroup"},
	wrapLogStream:     {"logStream"},
	wrapLogStreamName: {"logStreamName"},
	wrapEventID:       {"eventId"},
	wrapID:            {"id"},
	wrapTimestamp:     {"timestamp"},
	wrapAtTimestamp:   {"@timestamp"},
	wrapTime:          {"time"},
	wrapResourceID:    {"resourceId"},
	wrapProtoPayload:  {"protoPayload"},
	wrapServiceName:   {"protoPayload", "serviceName"},
	wrapMethodName:    {"protoPayload", "methodName"},
}

// listNames are the members under which a wrapper can hold a list, in the
// order of the places up to wrapEntries.
func listNames() []string {
	var names []string
	for p := wrapItems; p <= wrapEntries; p++ {
		names = append(names, wrapperPlaces[p][0])
	}
	return names
}
