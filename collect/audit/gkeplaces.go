package audit

// A gkePlace is where in a LogEntry of Cloud Logging intake reads something;
// its number is the slot of the extractor. Facts from
// https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry and
// https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog.
type gkePlace int

const (
	gkeMethod gkePlace = iota
	gkeResource
	gkeEmail
	gkeSelector
	gkeSubject
	gkeCallerIP
	gkeCallerIPOld
	gkeAgent
	gkeStatusCode
	gkeStatusMessage
	gkeRequest
	gkeResponse
	gkeResponseCode
	gkeResponseReason
	gkeResponseMessage
	gkeCommand
	gkeContainer
	gkeStdin
	gkeTTY
	gkePermission
	gkeGranted
	gkeAuthorized
	gkeOuterGranted
	gkeOuterAuthorized
	gkeTimestamp
	gkeInsertID
	gkeOperationID
	gkeOperationFirst
	gkeOperationLast
	gkeLabels
	gkeDecision
	gkeProject
	gkeLocation
	gkeCluster
	numGKEPlaces
)

// gkePlaces spells the path of each place.
var gkePlaces = [numGKEPlaces][]string{
	gkeMethod:          {"protoPayload", "methodName"},
	gkeResource:        {"protoPayload", "resourceName"},
	gkeEmail:           {"protoPayload", "authenticationInfo", "principalEmail"},
	gkeSelector:        {"protoPayload", "authenticationInfo", "authoritySelector"},
	gkeSubject:         {"protoPayload", "authenticationInfo", "principalSubject"},
	gkeCallerIP:        {"protoPayload", "requestMetadata", "callerIp"},
	gkeCallerIPOld:     {"protoPayload", "requestMetadata", "callerIP"},
	gkeAgent:           {"protoPayload", "requestMetadata", "callerSuppliedUserAgent"},
	gkeStatusCode:      {"protoPayload", "status", "code"},
	gkeStatusMessage:   {"protoPayload", "status", "message"},
	gkeRequest:         {"protoPayload", "request"},
	gkeResponse:        {"protoPayload", "response"},
	gkeResponseCode:    {"protoPayload", "response", "code"},
	gkeResponseReason:  {"protoPayload", "response", "reason"},
	gkeResponseMessage: {"protoPayload", "response", "message"},
	gkeCommand:         {"protoPayload", "request", "command"},
	gkeContainer:       {"protoPayload", "request", "container"},
	gkeStdin:           {"protoPayload", "request", "stdin"},
	gkeTTY:             {"protoPayload", "request", "tty"},
	gkePermission:      {"protoPayload", "authorizationInfo", "permission"},
	gkeGranted:         {"protoPayload", "authorizationInfo", "granted"},
	gkeAuthorized:      {"protoPayload", "authorizationInfo", "resource"},
	// Some exports move the list out of the payload.
	gkeOuterGranted:    {"authorizationInfo", "granted"},
	gkeOuterAuthorized: {"authorizationInfo", "resource"},
	gkeTimestamp:       {"timestamp"},
	gkeInsertID:        {"insertId"},
	gkeOperationID:     {"operation", "id"},
	gkeOperationFirst:  {"operation", "first"},
	gkeOperationLast:   {"operation", "last"},
	gkeLabels:          {"labels"},
	gkeDecision:        {"labels", "authorization.k8s.io/decision"},
	gkeProject:         {"resource", "labels", "project_id"},
	gkeLocation:        {"resource", "labels", "location"},
	gkeCluster:         {"resource", "labels", "cluster_name"},
}
