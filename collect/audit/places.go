package audit

import "github.com/lynceus-io/lynceus/event/rawjson"

// A place is where in an audit document intake reads something; its number is
// the slot of the extractor.
type place int

const (
	inKind place = iota
	inAPIVersion
	inAuditID
	inStage
	inLevel
	inRequestURI
	inVerb
	inUserName
	inUserUID
	inUserGroups
	inUserExtra
	inTokenPodName
	inTokenPodUID
	inTokenNode
	inCredentialID
	inIAMArn
	inImpersonatedName
	inImpersonatedUID
	inImpersonatedGroups
	inSourceIPs
	inUserAgent
	inObjectRef
	inResource
	inSubresource
	inNamespace
	inName
	inObjectUID
	inGroup
	inVersion
	inCode
	inStatus
	inMessage
	inReason
	inRequestObject
	inRequestName
	inRequestDryRun
	inResponseObject
	inResponseName
	inResponseUID
	inRequestTime
	inStageTime
	inOldTime
	inShipTime
	inLogTime
	inLakeTime
	inAnnotations
	inDecision
	inDecisionReason
	numPlaces
)

// places spells the path of each place. Names are exact: the API server
// writes these documents, so none is found by another spelling.
var places = [numPlaces][]string{
	inKind:               {"kind"},
	inAPIVersion:         {"apiVersion"},
	inAuditID:            {"auditID"},
	inStage:              {"stage"},
	inLevel:              {"level"},
	inRequestURI:         {"requestURI"},
	inVerb:               {"verb"},
	inUserName:           {"user", "username"},
	inUserUID:            {"user", "uid"},
	inUserGroups:         {"user", "groups"},
	inUserExtra:          {"user", "extra"},
	inTokenPodName:       {"user", "extra", "authentication.kubernetes.io/pod-name"},
	inTokenPodUID:        {"user", "extra", "authentication.kubernetes.io/pod-uid"},
	inTokenNode:          {"user", "extra", "authentication.kubernetes.io/node-name"},
	inCredentialID:       {"user", "extra", "authentication.kubernetes.io/credential-id"},
	inIAMArn:             {"user", "extra", "arn"},
	inImpersonatedName:   {"impersonatedUser", "username"},
	inImpersonatedUID:    {"impersonatedUser", "uid"},
	inImpersonatedGroups: {"impersonatedUser", "groups"},
	inSourceIPs:          {"sourceIPs"},
	inUserAgent:          {"userAgent"},
	inObjectRef:          {"objectRef"},
	inResource:           {"objectRef", "resource"},
	inSubresource:        {"objectRef", "subresource"},
	inNamespace:          {"objectRef", "namespace"},
	inName:               {"objectRef", "name"},
	inObjectUID:          {"objectRef", "uid"},
	inGroup:              {"objectRef", "apiGroup"},
	inVersion:            {"objectRef", "apiVersion"},
	inCode:               {"responseStatus", "code"},
	inStatus:             {"responseStatus", "status"},
	inMessage:            {"responseStatus", "message"},
	inReason:             {"responseStatus", "reason"},
	inRequestObject:      {"requestObject"},
	inRequestName:        {"requestObject", "metadata", "name"},
	inRequestDryRun:      {"requestObject", "dryRun"},
	inResponseObject:     {"responseObject"},
	inResponseName:       {"responseObject", "metadata", "name"},
	inResponseUID:        {"responseObject", "metadata", "uid"},
	inRequestTime:        {"requestReceivedTimestamp"},
	inStageTime:          {"stageTimestamp"},
	inOldTime:            {"timestamp"},  // audit.k8s.io/v1beta1 and older
	inShipTime:           {"@timestamp"}, // what shippers add
	inLogTime:            {"time"},
	inLakeTime:           {"p_event_time"},
	inAnnotations:        {"annotations"},
	inDecision:           {"annotations", "authorization.k8s.io/decision"},
	inDecisionReason:     {"annotations", "authorization.k8s.io/reason"},
}

// exactPath returns the path through exactly these member names.
func exactPath(names []string) rawjson.Path {
	p := make(rawjson.Path, len(names))
	for i, n := range names {
		p[i] = rawjson.Key(n)
	}
	return p
}

// compile makes the extractor whose slots are the indexes of paths.
func compile(paths [][]string, maxDepth int) (*rawjson.Extractor, error) {
	exact := make([]rawjson.Path, len(paths))
	for i, names := range paths {
		exact[i] = exactPath(names)
	}
	return rawjson.Compile(exact, rawjson.Options{MaxDepth: maxDepth})
}
