package audit

// A rpcStatus is the HTTP status, and its reason in Kubernetes, that a code
// of google.rpc.Code stands for.
type rpcStatus struct {
	http   int64
	reason string
}

// permissionDenied is the code of google.rpc.Code for what was not allowed.
const permissionDenied = 7

// rpcStatuses is indexed by code; facts from
// https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto.
var rpcStatuses = [...]rpcStatus{
	0:  {200, ""},
	1:  {499, ""},
	2:  {500, "InternalError"},
	3:  {400, "BadRequest"},
	4:  {504, "Timeout"},
	5:  {404, "NotFound"},
	6:  {409, "AlreadyExists"},
	7:  {403, "Forbidden"},
	8:  {429, "TooManyRequests"},
	9:  {400, "BadRequest"},
	10: {409, "Conflict"},
	11: {400, "BadRequest"},
	12: {501, ""},
	13: {500, "InternalError"},
	14: {503, "ServiceUnavailable"},
	15: {500, "InternalError"},
	16: {401, "Unauthorized"},
}

// httpStatus returns what a code of google.rpc.Code means for a verb. Larger
// numbers are HTTP statuses already.
func httpStatus(code int64, verb string) rpcStatus {
	switch {
	case code == 0 && verb == "create":
		return rpcStatus{201, ""}
	case code >= 0 && code < int64(len(rpcStatuses)):
		return rpcStatuses[code]
	case code >= 100 && code < 600:
		return rpcStatus{http: code}
	}
	return rpcStatus{500, "InternalError"}
}
